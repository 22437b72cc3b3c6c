import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Conversation, Reply } from './conversation.js';

/** Where the conversation is held. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
  /** A person types after a prompt. Otherwise every line that is read is shown as if typed. */
  readonly interactive: boolean;
  /** Suggestions are written fainter. */
  readonly colours: boolean;
}

/** How the conversation ended: at an end of its own, or because there was nothing more to read. */
export type Ending = 'completed' | 'cancelled' | 'failed' | 'input-ended';

const PROMPT = '> ';

/** Holds a conversation line by line until it ends or the input does (Ctrl-D, Ctrl-C). */
export async function talk(conversation: Conversation, terminal: Terminal): Promise<Ending> {
  const lines = openLines(terminal);
  // Made before the first pause: lines that arrive earlier would be lost.
  const typed = lines[Symbol.asyncIterator]();
  const board = createBoard(terminal, lines);
  conversation.onLater((reply) => {
    board.show(reply, { interrupting: true });
    if (ended(reply)) lines.close();
  });

  board.show(await conversation.open());
  for (;;) {
    // A script answers when it is asked; a person may speak while something is under way.
    if (!terminal.interactive) await board.settled();
    if (ended(board.current())) break;
    const next = await typed.next();
    if (next.done === true || ended(board.current())) break;
    board.echo(next.value);
    board.show(await conversation.say(next.value));
  }
  lines.close();
  if (!terminal.interactive) await board.settled();
  const last = board.current();
  return ended(last) ? endOf(last) : 'input-ended';
}

function openLines(terminal: Terminal): Interface {
  const lines = createInterface({
    input: terminal.input,
    ...(terminal.interactive && { output: terminal.output }),
    terminal: terminal.interactive,
    prompt: PROMPT,
  });
  lines.on('SIGINT', () => lines.close());
  return lines;
}

/** What is on the screen, and what was said last. */
interface Board {
  show(reply: Reply, options?: { readonly interrupting?: boolean }): void;
  echo(line: string): void;
  current(): Reply;
  /** Resolves once nothing is under way. */
  settled(): Promise<void>;
}

function createBoard({ output, interactive, colours }: Terminal, lines: Interface): Board {
  let current: Reply = { messages: [], suggestions: [], state: 'awaiting' };
  let wake: () => void = () => undefined;
  const faint = (text: string) => (colours ? `\u001b[2m${text}\u001b[22m` : text);
  return {
    current: () => current,
    echo: (line) => {
      if (!interactive) output.write(`${PROMPT}${line}\n`);
    },
    show(reply, { interrupting = false } = {}) {
      current = reply;
      // The prompt that stands there is written over and shown again below.
      if (interactive && interrupting) output.write('\r\u001b[K');
      for (const message of reply.messages) output.write(`${message}\n`);
      if (interactive && reply.suggestions.length > 0 && !ended(reply)) {
        output.write(`${faint(`  ${reply.suggestions.join(' · ')}`)}\n`);
      }
      if (interactive && !ended(reply)) lines.prompt(true);
      wake();
    },
    async settled() {
      while (current.state === 'waiting') await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

function ended(reply: Reply): boolean {
  return reply.state !== 'awaiting' && reply.state !== 'waiting';
}

function endOf(reply: Reply): Ending {
  const { state } = reply;
  return state === 'awaiting' || state === 'waiting' ? 'input-ended' : state;
}
