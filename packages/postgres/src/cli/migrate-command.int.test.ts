import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serverUrl } from '../testing/server-url.js';
import { createEmptyDatabase } from '../testing/test-database.js';
import { migrateCommand, NotConfirmedError, UsageError } from './migrate-command.js';

let home: Awaited<ReturnType<typeof createEmptyDatabase>>;
let printed: string[];
let asked: string[];
beforeEach(async () => {
  home = await createEmptyDatabase(serverUrl());
  printed = [];
  asked = [];
});
afterEach(() => home.drop());

/** Runs the command where somebody answers so, or nobody where the answer is null. */
async function migrate(args: string, answer: string | null = null): Promise<string> {
  printed.length = 0;
  await migrateCommand(args.split(' '), () => home, {
    print: (line) => printed.push(line),
    ask:
      answer === null
        ? null
        : (question) => {
            asked.push(question);
            return Promise.resolve(answer);
          },
  });
  return printed.join('\n');
}

describe('the migration command', () => {
  it('migrates, tells the state, and goes back one step', async () => {
    expect(await migrate('status')).toMatch(
      /pending {2}0001_identity[^]*pending: npm run db:migrate/,
    );
    expect(await migrate('up')).toMatch(/^up {2}0001_identity\n[^]*Applied \d+\.$/);
    expect(await migrate('status')).toMatch(/^applied {2}0001_identity {2}\d{4}-[^]*up to date/);
    expect(await migrate('up')).toBe('Nothing to do.');
    expect(await migrate('down')).toMatch(/^down {2}(\S+)\nReverted \1\.$/);
    expect(await migrate('status')).toContain('1 pending');
  });

  it('asks before it changes a production database', async () => {
    await migrate('up --production', 'yes');
    await migrate('down --production', ' YES ');
    expect(asked).toEqual([
      expect.stringMatching(/^Migrate test_\w+ on 127\.0\.0\.1:\d+\? .*fresh backup/),
      expect.stringMatching(/^Revert the latest migration of test_/),
    ]);
  });

  it('changes nothing where the answer is another', async () => {
    await expect(migrate('up --production', 'y')).rejects.toThrow(NotConfirmedError);
    expect(await migrate('status')).not.toContain('applied');
  });

  it('needs --yes where nobody can be asked', async () => {
    await expect(migrate('up --production')).rejects.toThrow(/say --yes/);
    expect(await migrate('up --production --yes')).toContain('Applied');
    expect(await migrate('status --production')).toContain('up to date');
  });

  it.each(['sideways', 'up down', 'up --fast', ''])('shows its usage for %j', async (args) => {
    await expect(migrate(args)).rejects.toThrow(UsageError);
    await expect(migrate(args)).rejects.toThrow(/Usage: migrate up\|down\|status/);
  });

  it('has nothing to revert where nothing is applied', async () => {
    expect(await migrate('down')).toBe('Nothing to revert.');
  });
});
