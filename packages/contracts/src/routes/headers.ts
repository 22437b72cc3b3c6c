import * as z from 'zod';

/** `Idempotency-Key`: visible ASCII, made up by the client, one per write that is meant. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { error: 'Must be 1 to 255 visible ASCII characters' })
  .meta({ description: 'The same write sent again gets the same answer', example: 'b7f3-0001' });

/** Headers of a write that may be sent again. */
export const idempotentHeaders = z.looseObject({ 'idempotency-key': idempotencyKey.optional() });

/** Headers of a turn, which may be taken without waiting for its end (RFC 7240). */
export const turnHeaders = idempotentHeaders.extend({
  prefer: z
    .string()
    .optional()
    .meta({ description: 'respond-async: answer before what takes long is done' }),
});

/** Headers of a run; those of a stream matter where one is asked for. */
export const runHeaders = idempotentHeaders.extend({
  prefer: z.string().optional().meta({
    description:
      'respond-async: answer once it is under way · wait=10: wait so many seconds at most',
  }),
  'last-event-id': z
    .string()
    .regex(/^\d{1,15}$/, { error: 'Must be the id of an event' })
    .optional()
    .meta({ description: 'With a repeated Idempotency-Key: the stream goes on after this event' }),
});

/** Headers of a change to a version; its absence is a problem of its own (428). */
export const ifMatchHeaders = z.looseObject({
  'if-match': z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'The ETag of the version that the change is meant for', example: '"3"' }),
});

/** Headers of a stream that is taken up again. */
export const streamHeaders = z.looseObject({
  'last-event-id': z
    .string()
    .regex(/^\d{1,15}$/, { error: 'Must be the id of an event' })
    .optional()
    .meta({ description: 'The last event that came; the stream goes on after it' }),
});

/** What the `ETag` header says, wherever it stands. */
export const ETAG = 'The version, to be sent back as If-Match';
