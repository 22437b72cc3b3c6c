import type { JsonValue } from '@sim/domain';

const BYTE_ORDER_MARK = /^\uFEFF/;

/** Content that is kept with the JSON value it stands for, or that is JSON itself. */
export interface StoredDocument {
  readonly content: Uint8Array;
  readonly document: JsonValue;
}

/** The JSON value that an imported content stands for. */
export function documentOf({ content, document }: StoredDocument): JsonValue {
  if (document !== null) return document;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
  return JSON.parse(text.replace(BYTE_ORDER_MARK, '')) as JsonValue;
}
