import { own, type JsonObject } from '@sim/domain';
import {
  MEMORY_LIMITS,
  MemoryFullError,
  type BlockContext,
  type Clock,
  type MemoryMessage,
  type MemoryStore,
} from '@sim/engine';
import { failure } from '../failures.js';
import { memoryIdOf } from '../memory-id.js';
import { readNumberParam } from '../model/model-params.js';
import { orAborted } from '../or-aborted.js';
import type { ModelMessage } from '../model/request.js';

/** What an agent remembers of earlier runs. */
export interface Recall {
  /** The messages with what is remembered of earlier ones, after those that instruct the model. */
  readonly messages: readonly ModelMessage[];
  /** Adds the person's last message and the answer; why it could not, in a sentence, or null. */
  readonly remember: (answer: string) => Promise<string | null>;
}

/** Where memories are kept; none where there is no such place. */
export interface RecallPorts {
  readonly memories: MemoryStore | null;
  readonly clock: Clock;
}

/** Messages and characters of a whole conversation that a model is reminded of, the latest. */
const MAX_MESSAGES = 200;
const MAX_LENGTH = 400_000;
const DEFAULT_WINDOW = 10;
const DEFAULT_TOKENS = 4_000;
/** Near enough in most languages; an exact count would be another for each model. */
const CHARACTERS_PER_TOKEN = 4;

interface Window {
  readonly messages: number;
  readonly length: number;
}

/**
 * Reminds an agent of its conversation as `memoryType` says; null where it keeps none.
 * @throws BlockFailure `invalid_params`, `memory_unavailable`
 */
export async function recall(
  params: JsonObject,
  messages: readonly ModelMessage[],
  { memories, clock }: RecallPorts,
  context: BlockContext,
): Promise<Recall | null> {
  const window = windowOf(params, context);
  if (window === null || !memories || !context.session) return null;
  const { workspaceId } = context.session;
  const memoryId = memoryIdOf(params, context, context.session.sessionId);
  const { idempotencyKey: key } = context;
  const query = { workspaceId, memoryId, limit: window.messages, exceptKey: key };
  // What this run added before it broke off is about to be said again.
  const known = await orAborted(() => memories.get(query), context.signal).catch(
    (cause: unknown) => {
      context.signal.throwIfAborted();
      const message = `What "${context.blockName}" remembers could not be read just now.`;
      throw failure(context, { code: 'memory_unavailable', message, retryable: true }, cause);
    },
  );
  const lead = messages.findIndex(({ role }) => role !== 'system');
  const at = lead < 0 ? messages.length : lead;
  const said = messages.findLast(({ role }) => role === 'user');
  return {
    messages: [...messages.slice(0, at), ...fitting(known, window.length), ...messages.slice(at)],
    async remember(answer) {
      const added: MemoryMessage[] = [
        ...(said ? [{ role: 'user' as const, content: bounded(said.content) }] : []),
        { role: 'assistant', content: bounded(answer) },
      ];
      try {
        const entry = { workspaceId, memoryId, key, messages: added, now: clock() };
        await orAborted(() => memories.append(entry), context.signal);
        return null;
      } catch (error) {
        context.signal.throwIfAborted();
        // The answer is there, and so is what tools did for it: neither is to be had a second time.
        const reason = error instanceof MemoryFullError ? ` ${error.message}` : '';
        return `The answer was not remembered.${reason}`;
      }
    },
  };
}

/** Whether the block asks for a memory at all. */
export function wantsMemory({ memoryType }: JsonObject): boolean {
  return typeof memoryType === 'string' && !['', 'none'].includes(memoryType.trim());
}

function windowOf(params: JsonObject, context: BlockContext): Window | null {
  if (!wantsMemory(params)) return null;
  const bounds = { min: 1, max: 10_000_000 };
  const read = (name: string) => readNumberParam(context, name, own(params, name), bounds);
  switch (params.memoryType) {
    case 'sliding_window': {
      const size = Math.floor(read('slidingWindowSize') ?? DEFAULT_WINDOW);
      return { messages: Math.min(size, MEMORY_LIMITS.messages), length: MAX_LENGTH };
    }
    case 'sliding_window_tokens': {
      const tokens = read('slidingWindowTokens') ?? DEFAULT_TOKENS;
      const length = Math.min(tokens * CHARACTERS_PER_TOKEN, MAX_LENGTH);
      return { messages: MEMORY_LIMITS.messages, length };
    }
    default:
      return { messages: MAX_MESSAGES, length: MAX_LENGTH };
  }
}

/** The latest messages that fit, whole. */
function fitting(messages: readonly MemoryMessage[], length: number): readonly MemoryMessage[] {
  let left = length;
  const from = messages.findLastIndex(({ content }) => (left -= content.length) < 0);
  return messages.slice(from + 1);
}

function bounded(content: string): string {
  return content.slice(0, MEMORY_LIMITS.contentLength);
}
