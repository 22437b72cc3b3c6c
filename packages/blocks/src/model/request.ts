import type { JsonObject } from '@sim/domain';

/** A tool that a model asks for. */
export interface ModelToolCall {
  /** Names the call where its result is given back. */
  readonly id: string;
  readonly name: string;
  /** As the model wrote them: JSON, if all is well. */
  readonly arguments: string;
}

/** One message of a conversation with a model. */
export type ModelMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | {
      readonly role: 'assistant';
      readonly content: string;
      readonly toolCalls?: readonly ModelToolCall[];
    }
  /** What came of a tool that the model asked for. */
  | { readonly role: 'tool'; readonly content: string; readonly callId: string };

/** A tool that a model may ask for. */
export interface ModelTool {
  /** Letters, digits, `_` and `-`, 64 at most. */
  readonly name: string;
  readonly description: string;
  /** The JSON schema of an object. */
  readonly parameters: JsonObject;
}

/** Whether a model asks for tools: as it likes, not at all, or for this one. */
export type ToolChoice = 'auto' | 'none' | { readonly name: string };

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
  readonly tools?: readonly ModelTool[];
  /** `auto` where it is not given; counts only where there are tools. */
  readonly toolChoice?: ToolChoice;
  /** Told of the answer's text as it comes; the server is asked to send it piece by piece then. */
  readonly onText?: ((text: string) => void) | undefined;
}
