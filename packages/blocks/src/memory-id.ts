import { asText, own, type JsonObject } from '@sim/domain';
import { MEMORY_LIMITS, type BlockContext } from '@sim/engine';
import { invalidParams } from './failures.js';

/**
 * The conversation that a block remembers: `conversationId` or, in older workflows, `id`; that of the
 * session where it names none.
 * @throws BlockFailure `invalid_params`
 */
export function memoryIdOf(params: JsonObject, context: BlockContext, sessionId: string): string {
  const given = [own(params, 'conversationId'), own(params, 'id')]
    .map((value) => asText(value ?? '').trim())
    .find((text) => text !== '');
  const memoryId = given ?? sessionId;
  if (memoryId.length <= MEMORY_LIMITS.idLength) return memoryId;
  const limit = `${MEMORY_LIMITS.idLength} characters at the most`;
  throw invalidParams(context, `The conversation id may have ${limit}. Give a shorter one.`);
}
