import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Conversation, Reply } from './conversation.js';
import { talk, type Terminal } from './shell.js';

const says = (
  text: string,
  state: Reply['state'] = 'awaiting',
  ...suggestions: string[]
): Reply => ({
  messages: [text],
  suggestions,
  state,
});

/** Asks twice, then is done. `wait` in an answer is followed by something said later. */
function scripted(): Conversation & { heard: string[] } {
  let listener: (reply: Reply) => void = () => undefined;
  const heard: string[] = [];
  return {
    heard,
    open: () => Promise.resolve(says('Which order?', 'awaiting', 'help')),
    say(text) {
      heard.push(text);
      if (text === 'wait') {
        setImmediate(() => listener(says('Done at last.', 'completed')));
        return Promise.resolve(says('One moment.', 'waiting'));
      }
      if (text === 'cancel') return Promise.resolve(says('Cancelled.', 'cancelled'));
      return Promise.resolve(
        heard.length < 2
          ? says('How much?', 'awaiting', 'back', 'help')
          : says('Done.', 'completed'),
      );
    },
    onLater: (later) => (listener = later),
    close: () => Promise.resolve(),
  };
}

function terminal(options: Partial<Terminal> = {}) {
  const input = new PassThrough();
  const output = new PassThrough();
  const written: string[] = [];
  output.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  const screen = { input, output, interactive: false, colours: false, ...options };
  return { input, screen, text: () => written.join('') };
}

describe('a conversation in the terminal', () => {
  it('reads its answers from a pipe and shows both sides', async () => {
    const { input, screen, text } = terminal();
    const conversation = scripted();
    input.end('A-1\n12\n');
    expect(await talk(conversation, screen)).toBe('completed');
    expect(conversation.heard).toEqual(['A-1', '12']);
    expect(text()).toBe('Which order?\n> A-1\nHow much?\n> 12\nDone.\n');
  });

  it('takes a last line without an end, and CRLF', async () => {
    const { input, screen } = terminal();
    const conversation = scripted();
    input.end('A-1\r\n12');
    expect(await talk(conversation, screen)).toBe('completed');
    expect(conversation.heard).toEqual(['A-1', '12']);
  });

  it('does not lose lines that arrive before it asks', async () => {
    const { input, screen } = terminal();
    const conversation = scripted();
    const slow = {
      ...conversation,
      open: () => new Promise<Reply>((resolve) => setImmediate(() => resolve(says('?')))),
    };
    input.end('A-1\n12\n');
    expect(await talk(slow, screen)).toBe('completed');
    expect(conversation.heard).toEqual(['A-1', '12']);
  });

  it('says that the input ended before the conversation did', async () => {
    const { input, screen } = terminal();
    input.end('A-1\n');
    expect(await talk(scripted(), screen)).toBe('input-ended');
  });

  it('leaves what comes after the end unread', async () => {
    const { input, screen, text } = terminal();
    const conversation = scripted();
    input.end('cancel\nA-1\n');
    expect(await talk(conversation, screen)).toBe('cancelled');
    expect(conversation.heard).toEqual(['cancel']);
    expect(text()).not.toContain('A-1');
  });

  it('waits for what goes on by itself, also after the end of the input', async () => {
    const { input, screen, text } = terminal();
    input.end('wait\n');
    expect(await talk(scripted(), screen)).toBe('completed');
    expect(text()).toContain('One moment.\nDone at last.\n');
  });

  it('shows a prompt and suggestions to a person, and ends with Ctrl-D', async () => {
    const { input, screen, text } = terminal({ interactive: true });
    input.write('A-1\r');
    setImmediate(() => input.write('\u0004'));
    expect(await talk(scripted(), screen)).toBe('input-ended');
    expect(text()).toContain('Which order?\n  help\n');
    expect(text()).toContain('> ');
  });

  it('ends for a person when it ends by itself, without another line', async () => {
    const { input, screen, text } = terminal({ interactive: true });
    input.write('wait\r');
    expect(await talk(scripted(), screen)).toBe('completed');
    expect(text()).toContain('Done at last.\n');
  });

  it('writes suggestions fainter where there are colours', async () => {
    const { input, screen, text } = terminal({ interactive: true, colours: true });
    input.write('\u0004');
    await talk(scripted(), screen);
    expect(text()).toContain('\u001b[2m  help\u001b[22m');
  });
});
