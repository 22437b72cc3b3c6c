import type { JsonObject, JsonValue } from '@sim/domain';
import * as z from 'zod';

/**
 * Any JSON value. Bodies come out of `JSON.parse`, so there is nothing to check but the type; walking
 * a document of megabytes once more would cost time and find nothing.
 */
export const jsonValue = z.unknown().meta({
  description: 'Any JSON value',
}) as unknown as z.ZodType<JsonValue, JsonValue>;

/** Any JSON object; its keys come from outside and are read with `own`. */
export const jsonObject = z
  .record(z.string(), z.unknown())
  .meta({ description: 'Any JSON object' }) as unknown as z.ZodType<JsonObject, JsonObject>;

/** A moment, ISO 8601 in UTC. */
export const timestamp = z.iso.datetime().meta({
  description: 'A moment, ISO 8601 in UTC',
  example: '2026-03-01T09:30:00.000Z',
});

/** A text of 1 to `max` characters (not UTF-16 units) that is more than blanks. */
export const shortText = (max: number) =>
  z
    .string()
    .refine((text) => text.trim() !== '', { error: 'Must not be empty' })
    .refine((text) => characters(text) <= max, { error: `Must have at most ${max} characters` })
    .refine((text) => !CONTROL.test(text), { error: 'Must not contain control characters' })
    .meta({ minLength: 1, maxLength: max });

/** Characters as people count them: an emoji outside of the basic plane is one, not two. */
export const characters = (text: string): number => Array.from(text).length;

/** PostgreSQL takes no NUL, and nobody means the others. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;
