import { toMermaid } from '@sim/domain';
import { countLine, issueLines } from '../workflow-file/issue-lines.js';
import { loadJourney } from '../workflow-file/load.js';
import { WorkflowFileError } from '../workflow-file/read.js';
import { MAP_USAGE, mapArguments } from './arguments.js';

/** Where a command writes, text by text. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/**
 * `npm run map`: the journey to `out`, what was found to `err`.
 *
 * @returns the exit code: 0, 1 where an error keeps it from running, 2 where there is nothing to map.
 */
export async function runMap(
  args: readonly string[],
  folder: string,
  { out, err }: Streams,
): Promise<number> {
  const asked = mapArguments(args);
  if ('problem' in asked) {
    err(`${asked.problem}\n\n${MAP_USAGE}\n`);
    return 2;
  }
  try {
    const { journey, issues, milliseconds } = await loadJourney(asked.file, folder);
    for (const line of issueLines(issues)) err(`${line}\n`);
    if (journey === null) {
      err(`${asked.file}: no journey; ${countLine(issues)}\n`);
      return 1;
    }
    const text = asked.format === 'json' ? JSON.stringify(journey, null, 2) : toMermaid(journey);
    out(text.endsWith('\n') ? text : `${text}\n`);
    const size = `${journey.states.length} states, ${journey.transitions.length} transitions`;
    err(
      `${journey.name}: ${size}; ${countLine(issues)}; mapped in ${milliseconds.toFixed(1)} ms\n`,
    );
    return issues.some((issue) => issue.severity === 'error') ? 1 : 0;
  } catch (error) {
    if (!(error instanceof WorkflowFileError)) throw error;
    err(`${error.message}\n`);
    return 2;
  }
}
