import type { Effect, Understanding } from '@sim/domain';
import type { TurnAnswer } from './answers.js';
import { knownAnswer } from './known-answer.js';
import { replyEarly, tellProgress } from './turn-commit.js';
import { inputOf, understand } from './turn-input.js';
import { askedBy, take, type Offer, type TurnWork } from './turn-work.js';

/**
 * Takes a command up between blocks. Whoever asked before it hears where things stand; what the blocks that
 * still run lead to belongs to nobody's answer. The runs to begin or end.
 */
export async function takeUp(work: TurnWork, offer: Offer): Promise<Effect[]> {
  let understanding: Understanding | null;
  try {
    const known = await answerBefore(work, offer);
    if (known) {
      offer.reply(known);
      return [];
    }
    understanding = await understand(work, offer);
  } catch (error) {
    // It is no fault of the blocks at work.
    offer.refuse(error);
    return [];
  }
  await replyEarly(work);
  tellProgress(work);
  clearTimeout(work.asked.deadline);
  work.asked = askedBy(work, offer, work.ports.newId('trn'), understanding);
  const input = inputOf(work.asked, work.decider.state.sequence);
  return input ? take(work, input) : [];
}

/** The command may have come by another way as well, and been answered since it was read. */
async function answerBefore(
  { ports, record: { sessionId } }: TurnWork,
  { idempotency }: Offer,
): Promise<TurnAnswer | null> {
  if (!idempotency) return null;
  const idempotencyKey = idempotency.key;
  const loaded = await ports.sessions.load({ sessionId, workspaceId: null, idempotencyKey });
  return knownAnswer(loaded, idempotency);
}

/** Takes up what other replicas have left, one command after another; what each leads to. */
export async function* takeUpMail(work: TurnWork): AsyncGenerator<Effect[]> {
  const { sessions } = work.ports;
  const { sessionId } = work.record;
  const left = await sessions.collect(sessionId, work.owner);
  for (const { input, key, requestHash, timeZone, replyWithinMs } of left) {
    const nobody = () => undefined;
    const waiting = { reply: nobody, refuse: nobody, release: nobody };
    const idempotency = { key, requestHash };
    yield await takeUp(work, { input, idempotency, timeZone, replyWithinMs, ...waiting });
  }
}
