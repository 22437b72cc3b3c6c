import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { describeVariables, parseConfig, settings } from './parse-config.js';
import { durationMs, flag, integer, port, secretText } from './variables.js';

const tree = {
  config: {
    http: settings({ PORT: port().default(3000) }, (v) => ({ port: v.PORT })),
    limits: settings(
      { LOW: integer({ min: 0, max: 9 }), HIGH: integer({ min: 0, max: 9 }) },
      (v, refuse) => {
        if (v.LOW > v.HIGH) refuse('LOW', 'must not exceed HIGH');
        return { low: v.LOW, high: v.HIGH };
      },
    ),
  },
  secrets: {
    key: settings({ KEY: secretText('at least 5 characters', 5) }, (v) => v.KEY),
  },
};

function problemsOf(env: Record<string, string | undefined>) {
  try {
    parseConfig(tree, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  return new ConfigError([]);
}

describe('parseConfig', () => {
  it('nests the settings as the tree does, with secrets apart', () => {
    const parsed = parseConfig(tree, { PORT: '8080', LOW: '1', HIGH: '2', KEY: 'secret' });
    const low: number = parsed.config.limits.low;
    expect(low).toBe(1);
    expect(parsed).toEqual({
      config: { http: { port: 8080 }, limits: { low: 1, high: 2 } },
      secrets: { key: 'secret' },
    });
  });

  it.each(['', '   ', undefined])('counts %j as unset', (PORT) => {
    const parsed = parseConfig(tree, { PORT, LOW: '1', HIGH: '2', KEY: 'secret' });
    expect(parsed.config.http.port).toBe(3000);
  });

  it('reports every problem of every group at once', () => {
    const error = problemsOf({ PORT: 'abc', LOW: '12', KEY: 'abc' });
    expect(error.problems.map((p) => p.variable)).toEqual(['PORT', 'LOW', 'HIGH', 'KEY']);
  });

  it('says what was given and what is accepted', () => {
    expect(problemsOf({ PORT: 'abc', LOW: '1', KEY: 'secret' }).message).toBe(
      'The configuration has 2 problems:\n' +
        '  PORT is "abc"; it must be a whole number from 0 to 65535\n' +
        '  HIGH is not set; it must be a whole number from 0 to 9',
    );
  });

  it('never shows a secret', () => {
    const error = problemsOf({ LOW: '1', HIGH: '2', KEY: 'hush' });
    expect(error.message).toBe(
      'The configuration has 1 problem:\n' +
        '  KEY is set (value not shown); it must be at least 5 characters',
    );
    expect(JSON.stringify(error.problems)).not.toContain('hush');
  });

  it('checks rules across variables', () => {
    expect(problemsOf({ LOW: '3', HIGH: '2', KEY: 'secret' }).problems).toEqual([
      { variable: 'LOW', given: '3', message: 'must not exceed HIGH' },
    ]);
  });

  it('cuts a long value in the message', () => {
    const { message } = problemsOf({ PORT: 'x'.repeat(500), LOW: '1', HIGH: '2', KEY: 'secret' });
    expect(message.length).toBeLessThan(200);
  });

  it('names a problem once where two groups read the variable', () => {
    const again = { ...tree, more: tree.config.http };
    expect(() => parseConfig(again, { PORT: '-1', LOW: '1', HIGH: '2', KEY: 'secret' })).toThrow(
      /1 problem:/,
    );
  });
});

describe('describeVariables', () => {
  it('lists each variable with its default and what it accepts', () => {
    const timed = settings(
      { WAIT: durationMs().default(500), ON: flag().optional(), KEY: secretText('a key') },
      (v) => v,
    );
    expect(describeVariables({ timed, again: timed })).toEqual([
      { variable: 'KEY', required: true, accepts: 'a key', secret: true },
      { variable: 'ON', required: false, accepts: 'true, false, 1 or 0' },
      {
        variable: 'WAIT',
        required: false,
        accepts: 'a whole number of milliseconds from 1 to 2147483647',
        default: 500,
      },
    ]);
  });
});
