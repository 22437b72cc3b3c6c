/** A collection of documents that a workspace searches. */
export interface KnowledgeBase {
  readonly id: `kb_${string}`;
  readonly workspaceId: string;
  readonly name: string;
  readonly description: string | null;
  /** A configuration of PostgreSQL's full-text search, such as `english`; `simple` for any language. */
  readonly language: string;
  /** The id that workflows from elsewhere name it by. */
  readonly sourceId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A document of a base; its text stands in its chunks. */
export interface KnowledgeDocument {
  readonly id: `doc_${string}`;
  readonly name: string;
  /** Texts by the name of the tag. */
  readonly tags: Readonly<Record<string, string>>;
  readonly chunkCount: number;
  /** Characters of all chunks. */
  readonly size: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A part of a document, as search finds it. */
export interface KnowledgeChunk {
  readonly id: `chk_${string}`;
  /** From 0 in its document, in reading order. */
  readonly position: number;
  readonly content: string;
  /** Others are not found. */
  readonly enabled: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A document, or what is to become one. */
export interface NewDocument {
  readonly id: KnowledgeDocument['id'];
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** In reading order, at least one, each with an id of its own. */
  readonly chunks: readonly Pick<KnowledgeChunk, 'id' | 'content'>[];
  readonly now: Date;
}

/** A condition on the tag of a document; a document without the tag differs from every value. */
export interface TagFilter {
  readonly name: string;
  readonly value: string;
  readonly equal: boolean;
}

/** What is looked for. */
export interface KnowledgeQuery {
  /** At least one, all of one workspace. */
  readonly bases: readonly KnowledgeBase[];
  /** Plain language; empty finds every chunk that the tags let through. */
  readonly text: string;
  readonly tags: readonly TagFilter[];
  readonly limit: number;
}

/** A chunk that was found, the best first. */
export interface KnowledgeHit {
  readonly knowledgeBaseId: string;
  readonly documentId: string;
  readonly documentName: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly chunkId: string;
  readonly position: number;
  readonly content: string;
  /** From 0 to 1: mostly the share of the question's words that the chunk has. */
  readonly similarity: number;
}

/** A part of a list, and how many there are in all. */
export interface Excerpt<T> {
  readonly items: readonly T[];
  readonly total: number;
}

/** Which part of a list: those that contain `search`, which may be empty. */
export interface ExcerptQuery {
  readonly search: string;
  readonly limit: number;
  readonly offset: number;
}

/** A base that was looked up in its workspace; every look-up in it names both. */
export type BaseRef = Pick<KnowledgeBase, 'id' | 'workspaceId'>;

/** What `knowledge` blocks need of a store. */
export interface KnowledgeStore {
  /** The base that a workflow means: by its id, by the id that it had elsewhere, or by its name. */
  find(workspaceId: string, reference: string): Promise<KnowledgeBase | null>;
  search(query: KnowledgeQuery): Promise<readonly KnowledgeHit[]>;
  documents(base: BaseRef, query: ExcerptQuery): Promise<Excerpt<KnowledgeDocument>>;
  document(base: BaseRef, documentId: string): Promise<KnowledgeDocument | null>;
  /**
   * Adds a document; where its id is there already, that one is given back unchanged. Null where the base has
   * as many as it may have, or has gone.
   */
  addDocument(base: BaseRef, document: NewDocument): Promise<KnowledgeDocument | null>;
  /** Puts a document in the place of another with all its chunks; null where that is not there. */
  replaceDocument(
    base: BaseRef,
    documentId: string,
    document: NewDocument,
  ): Promise<KnowledgeDocument | null>;
  /** False where there is none. */
  deleteDocument(base: BaseRef, documentId: string): Promise<boolean>;
  chunks(base: BaseRef, documentId: string, query: ExcerptQuery): Promise<Excerpt<KnowledgeChunk>>;
  /** As {@link addDocument}, behind the last chunk of a document. */
  addChunk(
    base: BaseRef,
    documentId: string,
    chunk: Pick<KnowledgeChunk, 'id' | 'content'> & { readonly now: Date },
  ): Promise<KnowledgeChunk | null>;
  /** Null where there is none. */
  changeChunk(
    base: BaseRef,
    documentId: string,
    chunkId: string,
    change: { readonly content?: string; readonly enabled?: boolean; readonly now: Date },
  ): Promise<KnowledgeChunk | null>;
  /** False where there is none. */
  deleteChunk(base: BaseRef, documentId: string, chunkId: string): Promise<boolean>;
  /** Names of the tags that documents of a base have, sorted. */
  tagNames(base: BaseRef): Promise<readonly string[]>;
}
