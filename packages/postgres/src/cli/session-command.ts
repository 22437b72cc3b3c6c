import { parseArgs } from 'node:util';
import type { Database } from '../connection/database.js';
import { jsonPrinter, linePrinter, printChecks, printSession } from '../history/print-session.js';
import { readSessionHistory } from '../history/session-history.js';
import { verifySession } from '../history/verify-session.js';

/** The command line cannot be followed. */
export class SessionUsageError extends Error {
  constructor(problem: string) {
    super(`${problem}\n\n${USAGE}`);
    this.name = 'SessionUsageError';
  }
}

/** There is no such session in the database. */
export class UnknownSessionError extends Error {
  readonly sessionId: string;

  constructor(sessionId: string, place: string) {
    super(
      `There is no session ${JSON.stringify(sessionId)} in ${place}. ` +
        'Its id begins with ses_; GET …/sessions lists those of a workspace.',
    );
    this.name = 'UnknownSessionError';
    this.sessionId = sessionId;
  }
}

const USAGE = `Usage: session ID [--verify] [--json] [--texts]
  --verify  check the session against its events; ends with 1 where something differs
  --json    one JSON object on each line
  --texts   show what was said and what failed, not only how long it is`;

/**
 * Prints a session's history and, where wanted, verifies it. `connect` is called once the arguments are
 * understood; what it gives is closed again.
 * @returns the exit code: 0, or 1 where something differs
 * @throws SessionUsageError, UnknownSessionError, and the database's errors
 */
export async function sessionCommand(
  args: readonly string[],
  connect: () => Database,
  print: (line: string) => void,
): Promise<number> {
  const { sessionId, verify, json, texts } = parse(args);
  const printer = json ? jsonPrinter(print) : linePrinter(print);
  const database = connect();
  try {
    const code = await readSessionHistory(database, sessionId, async (history) => {
      await printSession(history, printer, { texts });
      if (!verify) return 0;
      const checks = await verifySession(history, { texts });
      printChecks(checks, printer);
      return checks.some(({ outcome }) => outcome === 'differs') ? 1 : 0;
    });
    if (code !== null) return code;
    const { host, pathname } = new URL(database.options.url);
    throw new UnknownSessionError(sessionId, `${pathname.slice(1)} on ${host}`);
  } finally {
    await database.close();
  }
}

function parse(args: readonly string[]) {
  const { positionals, values } = parseOrRefuse(args);
  const [sessionId, ...rest] = positionals;
  if (sessionId === undefined) throw new SessionUsageError('Say which session.');
  if (rest.length > 0) throw new SessionUsageError(`${rest.join(' ')} is not understood.`);
  const { verify = false, json = false, texts = false } = values;
  return { sessionId, verify, json, texts };
}

function parseOrRefuse(args: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { verify: flag, json: flag, texts: flag },
    });
  } catch (error) {
    throw new SessionUsageError(error instanceof Error ? error.message : String(error));
  }
}
