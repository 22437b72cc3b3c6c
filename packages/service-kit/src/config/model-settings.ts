import { settings } from './parse-config.js';
import { httpUrl, integer, secretText, text } from './variables.js';

/** A model that blocks may ask; nothing in it is secret. */
export interface ModelSettings {
  /** Of an OpenAI-compatible server, its `/v1` included; absent for OpenAI itself. */
  readonly baseUrl?: string;
  /** For blocks that name no model. */
  readonly model: string;
  /** Of one answer, retries included. */
  readonly timeoutMs: number;
}

const DEFAULT_MODEL = 'gpt-4o-mini';
/** Less than a block has, so that the model's own failure is what is told. */
const DEFAULT_TIMEOUT_MS = 55_000;

const variables = () => ({
  OPENAI_API_KEY: secretText('the key of the server of the model').optional(),
  OPENAI_BASE_URL: httpUrl().optional(),
  OPENAI_MODEL: text('the name of a model').default(DEFAULT_MODEL),
  OPENAI_TIMEOUT_MS: integer({ min: 100, max: 600_000, unit: 'ms' }).default(DEFAULT_TIMEOUT_MS),
});

/**
 * `OPENAI_BASE_URL`, `OPENAI_MODEL` and `OPENAI_TIMEOUT_MS`. Null where neither the URL nor
 * `OPENAI_API_KEY` is set: a server of one's own may want no key, OpenAI's does.
 */
export function modelSettings() {
  return settings(variables(), (v): ModelSettings | null => {
    if (v.OPENAI_API_KEY === undefined && v.OPENAI_BASE_URL === undefined) return null;
    return {
      ...(v.OPENAI_BASE_URL !== undefined && { baseUrl: v.OPENAI_BASE_URL }),
      model: v.OPENAI_MODEL,
      timeoutMs: v.OPENAI_TIMEOUT_MS,
    };
  });
}

/** `OPENAI_API_KEY`; null where there is none. */
export function modelKey() {
  const { OPENAI_API_KEY } = variables();
  return settings({ OPENAI_API_KEY }, (v) => v.OPENAI_API_KEY ?? null);
}
