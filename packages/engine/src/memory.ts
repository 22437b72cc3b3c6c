/** One message of a conversation that is remembered. */
export interface MemoryMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A conversation that is remembered, its latest messages last. */
export interface Memory {
  readonly memoryId: string;
  readonly messages: readonly MemoryMessage[];
}

/** What a run adds to a memory. */
export interface MemoryEntry {
  readonly workspaceId: string;
  readonly memoryId: string;
  /**
   * Names the run. What was added under it before is replaced in its place: a run that is made again after a
   * crash leaves nothing twice, and what it said last counts.
   */
  readonly key: string;
  readonly messages: readonly MemoryMessage[];
  readonly now: Date;
}

/** Which messages of a memory. */
export interface MemoryQuery {
  readonly workspaceId: string;
  readonly memoryId: string;
  /** The latest so many. */
  readonly limit: number;
  /** Leaves out what was added under this {@link MemoryEntry.key}. */
  readonly exceptKey?: string;
}

/** What one memory and all of a workspace may hold. */
export const MEMORY_LIMITS = {
  /** Characters of {@link Memory.memoryId}, which is not empty. */
  idLength: 200,
  /** Characters of one message. */
  contentLength: 100_000,
  /** Of one memory; the oldest give way to new ones. */
  messages: 1_000,
  /** Of one workspace; there is no room for another then. */
  memories: 10_000,
} as const;

/** How much is kept, where it differs from {@link MEMORY_LIMITS}. */
export interface MemoryLimits {
  readonly messages: number;
  readonly memories: number;
}

/** The workspace has as many memories as it may have. */
export class MemoryFullError extends Error {
  readonly limit: number;
  constructor(limit: number) {
    super(`The workspace has ${limit} memories, which is as many as it may have. Delete some.`);
    this.name = 'MemoryFullError';
    this.limit = limit;
  }
}

/** Keeps what agents and memory blocks remember from one run to the next. */
export interface MemoryStore {
  /** Whoever calls it keeps to {@link MEMORY_LIMITS} of ids and contents. @throws MemoryFullError */
  append(entry: MemoryEntry): Promise<void>;
  /** In the order in which they were added; none where there is no such memory. */
  get(query: MemoryQuery): Promise<readonly MemoryMessage[]>;
  /** The latest used first, at most so many, each with so many of its latest messages. */
  getAll(
    workspaceId: string,
    limits: { readonly memories: number; readonly messages: number },
  ): Promise<readonly Memory[]>;
  /** False where there is none. */
  delete(workspaceId: string, memoryId: string): Promise<boolean>;
}
