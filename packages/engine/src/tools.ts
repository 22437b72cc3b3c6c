import type { JsonObject, JsonValue, ToolOffer } from '@sim/domain';
import type { BlockExecutor } from './ports.js';

/**
 * An HTTP request made for the block. In `url`, `query`, `headers` and `body`, `<params.name>` stands for a
 * parameter of the block and `{{NAME}}` for a secret of the workspace.
 */
export interface HttpToolAdapter {
  readonly kind: 'http';
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** A JSON value, or a text that is a JSON template; null sends `{blockType, operation, params}`. */
  readonly body: JsonValue;
}

/** An operation of an OpenAPI document, 3.0 or 3.1; one of `documentUrl` and `document` is given. */
export interface OpenApiToolAdapter {
  readonly kind: 'openapi';
  readonly documentUrl: string | null;
  /** The document itself, or its JSON or YAML text. */
  readonly document: JsonObject | string | null;
  readonly operationId: string;
  /** In place of the servers that the document names. */
  readonly server: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** A tool of an MCP server. */
export interface McpToolAdapter {
  readonly kind: 'mcp';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tool: string;
}

/** How a tool is called. Headers, URLs and bodies may hold `{{NAME}}`, for secrets of the workspace. */
export type ToolAdapter = HttpToolAdapter | OpenApiToolAdapter | McpToolAdapter;

/** A tool that a workspace has configured for blocks of one type. */
export interface ToolConfig extends ToolOffer {
  readonly id: `tool_${string}`;
  readonly workspaceId: string;
  readonly name: string;
  /** The receiver takes the idempotency key, so that a second call with it does nothing more. */
  readonly idempotent: boolean;
  readonly adapter: ToolAdapter;
  readonly enabled: boolean;
}

/** Keeps the tools of workspaces. */
export interface ToolStore {
  /** Those of a workspace that are enabled; there are a few hundred at most. */
  enabled(workspaceId: string): Promise<readonly ToolConfig[]>;
}

/** Finds what runs blocks that have no executor of ours. */
export interface ToolFinder {
  /**
   * The tool for an operation of a block type, else the one for every operation of it; null where there is
   * none. May be some seconds behind the store.
   */
  find(
    workspaceId: string,
    blockType: string,
    operation: string | null,
  ): Promise<BlockExecutor | null>;
}
