import type { Journey } from '@sim/domain';
import { ConfigError } from '@sim/service-kit';
import { countLine, issueLines } from '../workflow-file/issue-lines.js';
import { loadJourney } from '../workflow-file/load.js';
import { WorkflowFileError } from '../workflow-file/read.js';
import type { Conversation } from './conversation.js';
import { talk, type Ending, type Terminal } from './shell.js';

const CHAT_USAGE = `Usage: npm run chat -- FILE [CALLED …]

Talks a workflow through in the terminal, with no server. Further files are workflows that it calls, by
their ids, file names or names. Answers may come from a pipe:
  printf 'A-1042\\n80\\nbroken\\n' | npm run chat -- samples/refund.json

{{NAME}} in a workflow takes its value from the environment, and OPENAI_API_KEY or OPENAI_BASE_URL let
a model answer. Ctrl-D ends. Ends with 0 where the conversation was finished or left, with 1 where it
failed or a pipe ended before it, with 2 where the file or the environment cannot be used.`;

/** What a chat in the terminal needs from outside. */
export interface ChatOptions {
  /** Relative files are below it. */
  readonly folder: string;
  readonly terminal: Terminal;
  readonly err: (text: string) => void;
  readonly converse: (journey: Journey) => Conversation;
}

/**
 * `npm run chat`.
 *
 * @returns the exit code, as {@link CHAT_USAGE} says.
 */
export async function runChat(args: readonly string[], options: ChatOptions): Promise<number> {
  const { err, folder, terminal, converse } = options;
  const [file, ...called] = args;
  if (file === undefined || args.some((arg) => arg.startsWith('-'))) {
    err(`${CHAT_USAGE}\n`);
    return 2;
  }
  const journey = await runnableJourney([file, ...called], folder, err);
  if (journey === null) return 2;
  const conversation = opened(converse, journey, err);
  if (conversation === null) return 2;
  try {
    return exitCode(await talk(conversation, terminal), terminal, err);
  } finally {
    await conversation.close();
  }
}

/** Null where a variable of the environment cannot be read. */
function opened(
  converse: ChatOptions['converse'],
  journey: Journey,
  err: (text: string) => void,
): Conversation | null {
  try {
    return converse(journey);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    err(`${error.message}\n`);
    return null;
  }
}

async function runnableJourney(
  [file, ...called]: readonly [string, ...string[]],
  folder: string,
  err: (text: string) => void,
): Promise<Journey | null> {
  try {
    const { journey, issues } = await loadJourney(file, folder, called);
    // The rest concerns the author; `npm run map` tells it.
    const errors = issues.filter(({ severity }) => severity === 'error');
    for (const line of issueLines(errors)) err(`${line}\n`);
    if (journey?.initial != null) return journey;
    err(`${file} cannot be talked through: ${countLine(issues)}.\n`);
    return null;
  } catch (error) {
    if (!(error instanceof WorkflowFileError)) throw error;
    err(`${error.message}\n`);
    return null;
  }
}

function exitCode(ending: Ending, terminal: Terminal, err: (text: string) => void): number {
  switch (ending) {
    case 'completed':
    case 'cancelled':
      return 0;
    case 'failed':
      return 1;
    case 'input-ended':
      if (terminal.interactive) return 0;
      err('The input ended before the conversation did.\n');
      return 1;
  }
}
