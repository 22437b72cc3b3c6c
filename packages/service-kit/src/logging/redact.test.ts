import { describe, expect, it } from 'vitest';
import { REDACTED, redact } from './redact.js';

describe('redact', () => {
  it.each([
    'authorization',
    'Authorization',
    'cookie',
    'set-cookie',
    'x-api-key',
    'apiKey',
    'OPENAI_API_KEY',
    'password',
    'newPassword',
    'token',
    'accessToken',
    'JWT_SECRET',
    'clientSecret',
    'encryptionKey',
    'databaseUrl',
  ])('replaces the secret %s', (key) => {
    expect(redact({ [key]: 'hush' })).toEqual({ [key]: REDACTED });
  });

  it.each(['naturalLanguageInput', 'content', 'agentResponse', 'text', 'slots', 'messages'])(
    'replaces what people said in %s',
    (key) => {
      expect(redact({ [key]: ['I live in Rome'] })).toEqual({ [key]: REDACTED });
    },
  );

  it('goes into objects and arrays', () => {
    expect(redact({ a: [{ headers: { cookie: 'x', accept: 'y' } }] })).toEqual({
      a: [{ headers: { cookie: REDACTED, accept: 'y' } }],
    });
  });

  it('leaves what tells nothing', () => {
    const line = { status: 200, tokens: 17, token: null, route: '/x', hasPassword: true };
    expect(redact(line)).toEqual(line);
  });

  it('does not change what it is given', () => {
    const line = { password: 'hush' };
    redact(line);
    expect(line.password).toBe('hush');
  });

  it('ends on what has no end', () => {
    const circle: Record<string, unknown> = {};
    circle['again'] = circle;
    expect(JSON.stringify(redact(circle))).toContain('{…}');
    expect(redact({ many: Array.from({ length: 1000 }, () => 0) }).many).toHaveLength(50);
  });
});
