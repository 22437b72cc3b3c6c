import { asText, own, type JsonObject, type JsonValue } from '@sim/domain';
import {
  BlockFailure,
  MEMORY_LIMITS,
  MemoryFullError,
  type BlockContext,
  type BlockExecutor,
  type BlockSession,
  type Clock,
  type Memory,
  type MemoryMessage,
  type MemoryStore,
} from '@sim/engine';
import { failure, invalidParams } from './failures.js';
import { memoryIdOf } from './memory-id.js';
import { readText } from './model/model-params.js';
import { orAborted } from './or-aborted.js';

/** What a memory block shows of one memory, and of how many: the latest. */
const SHOWN_MESSAGES = 100;
const SHOWN_MEMORIES = 50;
/** Characters of all that it shows. */
const MAX_LENGTH = 400_000;

type Operation = (
  params: JsonObject,
  context: BlockContext,
  session: BlockSession,
) => Promise<JsonObject>;

/**
 * `memory`: adds a message to a conversation that the workspace remembers (`add`), gives one (`get`) or all
 * (`getAll`), or forgets one (`delete`). A conversation is named by `conversationId`, else it is that of the
 * session. Fails with `invalid_params`, `input_too_large`, `memory_full` or `memory_unavailable`.
 */
export function memoryBlock(memories: MemoryStore, clock: Clock): BlockExecutor {
  const shown = async (workspaceId: string, memoryId: string): Promise<JsonObject[]> => {
    const messages = await memories.get({ workspaceId, memoryId, limit: SHOWN_MESSAGES });
    return messages.length === 0 ? [] : fitting([{ memoryId, messages }]);
  };
  const operations = new Map<string, Operation>([
    [
      'add',
      async (params, context, { workspaceId, sessionId }) => {
        const memoryId = memoryIdOf(params, context, sessionId);
        const { idempotencyKey: key } = context;
        const messages = [readMessage(params, context)];
        await memories.append({ workspaceId, memoryId, key, messages, now: clock() });
        return { success: true, memories: await shown(workspaceId, memoryId) };
      },
    ],
    [
      'get',
      async (params, context, { workspaceId, sessionId }) => {
        const found = await shown(workspaceId, memoryIdOf(params, context, sessionId));
        return { success: true, memories: found, message: foundMessage(found.length) };
      },
    ],
    [
      'getAll',
      async (_, __, { workspaceId }) => {
        const limits = { memories: SHOWN_MEMORIES, messages: SHOWN_MESSAGES };
        const found = fitting(await memories.getAll(workspaceId, limits));
        return { success: true, memories: found, message: foundMessage(found.length) };
      },
    ],
    [
      'delete',
      async (params, context, { workspaceId, sessionId }) => {
        const memoryId = memoryIdOf(params, context, sessionId);
        const was = await memories.delete(workspaceId, memoryId);
        const message = was ? 'The memory is deleted.' : 'There is no such memory.';
        return { success: true, message };
      },
    ],
  ]);
  return {
    type: 'memory',
    // What it changes is ours, and is not changed twice under one key: nobody need confirm it.
    sideEffect: 'read',
    idempotent: true,
    async run(params, context) {
      const name = asText(own(params, 'operation') ?? '').trim() || 'add';
      const operation = operations.get(name);
      if (!operation) {
        const known = [...operations.keys()].join(', ');
        throw invalidParams(context, `The operation must be one of ${known}.`);
      }
      if (!context.session) throw invalidParams(context, 'It remembers within a session alone.');
      const { session, signal } = context;
      try {
        return { output: await orAborted(() => operation(params, context, session), signal) };
      } catch (error) {
        throw memoryFailure(context, error);
      }
    },
  };
}

function readMessage(params: JsonObject, context: BlockContext): MemoryMessage {
  const role = asText(own(params, 'role') ?? '').trim() || 'user';
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw invalidParams(context, 'The role must be user, assistant or system.');
  }
  const content = readText(context, 'content', params.content, MEMORY_LIMITS.contentLength);
  if (content.trim() === '') throw invalidParams(context, 'There is no content to remember.');
  return { role, content };
}

/** Their latest messages, as many as there is room for. */
function fitting(memories: readonly Memory[]): JsonObject[] {
  let left = MAX_LENGTH;
  return memories.map(({ memoryId, messages }) => {
    const from = messages.findLastIndex(({ content }) => (left -= content.length) < 0);
    const data = messages.slice(from + 1).map((message): JsonValue => ({ ...message }));
    return { conversationId: memoryId, data };
  });
}

function foundMessage(count: number): string {
  return count === 0 ? 'There is nothing to remember.' : `Memories found: ${count}.`;
}

/** What is no failure of a block is one of the store. */
function memoryFailure(context: BlockContext, error: unknown): unknown {
  context.signal.throwIfAborted();
  if (error instanceof MemoryFullError) {
    const { message } = error;
    return failure(context, { code: 'memory_full', message, retryable: false }, error);
  }
  if (error instanceof BlockFailure) return error;
  const message = 'What is remembered cannot be read or written just now.';
  return failure(context, { code: 'memory_unavailable', message, retryable: true }, error);
}
