import {
  MEMORY_LIMITS,
  MemoryFullError,
  type MemoryEntry,
  type MemoryLimits,
  type MemoryMessage,
  type MemoryStore,
} from '@sim/engine';

interface Kept {
  readonly workspaceId: string;
  readonly memoryId: string;
  messages: (MemoryMessage & { readonly key: string; readonly part: number })[];
}

/** Memories in the memory of one process, gone with it: for the terminal and for tests. */
export function createMemoryMemories(limits: MemoryLimits = MEMORY_LIMITS): MemoryStore {
  /** In the order of their last use. */
  const memories = new Map<string, Kept>();
  const keyOf = (workspaceId: string, memoryId: string) => JSON.stringify([workspaceId, memoryId]);
  const open = ({ workspaceId, memoryId }: MemoryEntry): Kept => {
    const key = keyOf(workspaceId, memoryId);
    const known = memories.get(key);
    if (!known && inWorkspace(workspaceId).length >= limits.memories) {
      throw new MemoryFullError(limits.memories);
    }
    const memory = known ?? { workspaceId, memoryId, messages: [] };
    memories.delete(key);
    memories.set(key, memory);
    return memory;
  };
  const inWorkspace = (workspaceId: string) =>
    [...memories.values()].filter((memory) => memory.workspaceId === workspaceId);

  return {
    append: (entry) =>
      // A refusal rejects, as that of a store elsewhere does.
      Promise.resolve().then(() => add(open(entry), entry, limits.messages)),
    get: ({ workspaceId, memoryId, limit, exceptKey }) => {
      const { messages = [] } = memories.get(keyOf(workspaceId, memoryId)) ?? {};
      const others = messages.filter(({ key }) => key !== exceptKey);
      return Promise.resolve(latest(others, limit));
    },
    getAll: (workspaceId, { memories: most, messages: limit }) => {
      const found = inWorkspace(workspaceId).reverse().slice(0, most);
      return Promise.resolve(
        found.map(({ memoryId, messages }) => ({ memoryId, messages: latest(messages, limit) })),
      );
    },
    delete: (workspaceId, memoryId) =>
      Promise.resolve(memories.delete(keyOf(workspaceId, memoryId))),
  };
}

function add(memory: Kept, { key, messages }: MemoryEntry, limit: number): void {
  for (const [part, { role, content }] of messages.entries()) {
    const at = memory.messages.findIndex((known) => known.key === key && known.part === part);
    const message = { role, content, key, part };
    if (at < 0) memory.messages.push(message);
    else memory.messages[at] = message;
  }
  memory.messages = memory.messages.slice(-limit);
}

function latest(messages: readonly MemoryMessage[], limit: number): MemoryMessage[] {
  if (limit <= 0) return [];
  return messages.slice(-limit).map(({ role, content }) => ({ role, content }));
}
