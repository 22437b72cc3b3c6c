import type { JsonObject } from '@sim/domain';

/** One message of a conversation with a model. */
export interface ModelMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** The form that an answer shall have. */
export interface AnswerSchema {
  /** Letters, digits, `_` and `-`, 64 at most. */
  readonly name: string;
  readonly schema: JsonObject;
  /** Whether the server shall hold the model to the schema, which takes fewer kinds of schema. */
  readonly strict: boolean;
}

/** One question to a model. */
export interface ModelRequest {
  readonly messages: readonly ModelMessage[];
  /** The block's own; null for the default. */
  readonly model: string | null;
  /** The block's own; null for the default. */
  readonly apiKey: string | null;
  readonly temperature?: number | null;
  /** Of the answer. */
  readonly maxTokens?: number | null;
  readonly schema?: AnswerSchema | null;
}
