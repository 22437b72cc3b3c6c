import { createDatabase, sessionCommand } from '@sim/postgres';

/** Does what `npm run session` does on a database; where it cannot, the code is 2 as there. */
export async function runSessionTool(
  url: string,
  ...args: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  const lines: string[] = [];
  const code = await sessionCommand(
    args,
    () => createDatabase({ url, applicationName: 'test', pool: { max: 1 } }),
    (line) => lines.push(`${line}\n`),
  ).catch((error: unknown) => (error instanceof Error ? error : new TypeError(String(error))));
  const out = lines.join('');
  if (typeof code === 'number') return { code, out, err: '' };
  return { code: 2, out, err: code.message };
}
