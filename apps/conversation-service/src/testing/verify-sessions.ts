import { readSessionHistory, verifySession, type Check, type Database } from '@sim/postgres';

/** What is stored of sessions contradicts itself. */
export class UnsoundSessionsError extends Error {
  constructor(faults: readonly string[]) {
    super(`Sessions that their events do not rebuild:\n${faults.join('\n')}`);
    this.name = 'UnsoundSessionsError';
  }
}

/**
 * Verifies every session of a database, for the end of a suite: whatever its tests did, the log rebuilds
 * the state, and columns, journal and timers agree with it. Resolves to how many there are.
 * @throws UnsoundSessionsError
 */
export async function verifySessions(database: Database): Promise<number> {
  const { rows } = await database.query<{ id: string }>({
    text: 'SELECT session_id AS id FROM conversational_workflow_sessions ORDER BY created_at',
  });
  const faults: string[] = [];
  for (const { id } of rows) {
    const checks = await readSessionHistory(database, id, (history) =>
      verifySession(history, { texts: true }),
    );
    faults.push(...(checks ?? []).filter(isFault).map((check) => `${id}: ${lineOf(check)}`));
  }
  if (faults.length > 0) throw new UnsoundSessionsError(faults);
  return rows.length;
}

function isFault({ outcome }: Check): boolean {
  return outcome !== 'ok';
}

function lineOf({ name, details }: Check): string {
  return [name, ...details].join('\n    ');
}
