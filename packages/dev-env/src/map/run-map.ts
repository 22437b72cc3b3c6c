import { toMermaid, toXState, type Issue, type Journey } from '@sim/domain';
import { countLine, issueLines } from '../workflow-file/issue-lines.js';
import { loadJourney } from '../workflow-file/load.js';
import { WorkflowFileError } from '../workflow-file/read.js';
import { MAP_USAGE, mapArguments, type MapFormat } from './arguments.js';
import { summaryLines } from './summary.js';

/** Where a command writes, text by text. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/**
 * `npm run map`: the journey to `out`, what was found to `err`; as text, both to `out`.
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
    const loaded = await loadJourney(asked.file, folder, asked.called);
    const { journey, issues, milliseconds } = loaded;
    if (asked.format === 'text') {
      for (const line of summaryLines(asked.file, loaded)) out(`${line}\n`);
      return exitCode(journey, issues);
    }
    for (const line of issueLines(issues)) err(`${line}\n`);
    if (journey === null) {
      err(`${asked.file}: no journey; ${countLine(issues)}\n`);
      return 1;
    }
    out(written(journey, asked.format));
    const size = `${journey.states.length} states, ${journey.transitions.length} transitions`;
    err(
      `${journey.name}: ${size}; ${countLine(issues)}; mapped in ${milliseconds.toFixed(1)} ms\n`,
    );
    return exitCode(journey, issues);
  } catch (error) {
    if (!(error instanceof WorkflowFileError)) throw error;
    err(`${error.message}\n`);
    return 2;
  }
}

function written(journey: Journey, format: Exclude<MapFormat, 'text'>): string {
  if (format === 'mermaid') return toMermaid(journey);
  return `${JSON.stringify(format === 'json' ? journey : toXState(journey), null, 2)}\n`;
}

function exitCode(journey: Journey | null, issues: readonly Issue[]): number {
  return journey === null || issues.some(({ severity }) => severity === 'error') ? 1 : 0;
}
