import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Journey } from '@sim/domain';
import { ConfigError } from '@sim/service-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Conversation, Reply } from './conversation.js';
import { runChat } from './run-chat.js';

const ROOT = join(import.meta.dirname, '../../../..');

/** Asks once; the answer is how it ends. */
function oneQuestion(opened: Journey[], closed: Journey[]) {
  return (journey: Journey): Conversation => ({
    open() {
      opened.push(journey);
      return Promise.resolve({ messages: ['How?'], suggestions: [], state: 'awaiting' });
    },
    say: (text) =>
      Promise.resolve({ messages: ['So.'], suggestions: [], state: text as Reply['state'] }),
    onLater: () => undefined,
    close() {
      closed.push(journey);
      return Promise.resolve();
    },
  });
}

async function chat(
  args: string[],
  typed: string,
  interactive = false,
  refusal: Error | null = null,
) {
  const input = new PassThrough();
  const output = new PassThrough();
  output.resume();
  input.end(typed);
  const opened: Journey[] = [];
  const closed: Journey[] = [];
  let err = '';
  const code = await runChat(args, {
    folder: ROOT,
    terminal: { input, output, interactive, colours: false },
    err: (text) => (err += text),
    converse(journey) {
      if (refusal !== null) throw refusal;
      return oneQuestion(opened, closed)(journey);
    },
  });
  return { code, err, opened: opened.map(({ name }) => name), closed: closed.length };
}

describe('npm run chat', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sim-chat-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it.each([
    ['completed', 0],
    ['cancelled', 0],
    ['failed', 1],
  ])('ends a %s conversation with %d and lets go of it', async (ending, code) => {
    expect(await chat(['samples/refund.json'], `${ending}\n`)).toEqual({
      code,
      err: '',
      opened: ['Refund'],
      closed: 1,
    });
  });

  it('fails where a pipe ends too early, but lets a person leave', async () => {
    const piped = await chat(['samples/refund.json'], '');
    expect(piped).toMatchObject({ code: 1, err: 'The input ended before the conversation did.\n' });
    expect(await chat(['samples/refund.json'], '', true)).toMatchObject({ code: 0, err: '' });
  });

  it.each([[[]], [['--help']], [['a.json', '--fast']]])(
    'shows how it is used: %j',
    async (args) => {
      expect(await chat(args, '')).toMatchObject({
        code: 2,
        err: expect.stringContaining('Usage: npm run chat -- FILE'),
      });
    },
  );

  it('says why a file cannot be talked through', async () => {
    await writeFile(join(dir, 'empty.json'), '{"blocks":{},"edges":[]}');
    const { code, err, opened } = await chat([join(dir, 'empty.json')], 'completed\n');
    expect({ code, opened }).toEqual({ code: 2, opened: [] });
    expect(err).toMatch(/✗ error[\s\S]*cannot be talked through: \d+ error/);
    expect(await chat(['gone.json'], '')).toMatchObject({
      code: 2,
      err: 'gone.json: there is no such file\n',
    });
  });

  it('says which variable cannot be read', async () => {
    const problem = { variable: 'OPENAI_BASE_URL', given: 'x', message: 'must be a URL' };
    const refused = await chat(['samples/refund.json'], '', false, new ConfigError([problem]));
    expect(refused).toMatchObject({ code: 2, opened: [] });
    expect(refused.err).toContain('OPENAI_BASE_URL');
  });
});
