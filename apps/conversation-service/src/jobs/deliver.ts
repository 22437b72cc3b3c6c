import type { WebhookSender } from '@sim/blocks';
import { own, type JsonObject } from '@sim/domain';
import type { DeliveryStore, DueDelivery, Job } from '@sim/postgres';
import type { ResumeLinks, ResumeRight } from '../resume/resume-links.js';

/** What deliveries are made with. */
export interface DeliveryPorts {
  readonly deliveries: Pick<DeliveryStore, 'due' | 'delivered' | 'delayed' | 'givenUp'>;
  readonly sender: Pick<WebhookSender, 'send'>;
  readonly links: Pick<ResumeLinks, 'urlOf'>;
  /** How long a link is of use, from what it is told with. */
  readonly linkTtlMs: number;
  readonly clock: () => Date;
}

/** A webhook to which so many deliveries in a row were given up is disabled. */
const GIVEN_UP_IN_A_ROW = 10;
/** The receiver says that it is there no more, and asks not to be told again. */
const GONE = 410;

/** The receiver did not take a delivery; the queue tries it again later. */
export class UndeliveredError extends Error {
  constructor(deliveryId: string, why: string) {
    super(`The delivery ${deliveryId} did not arrive: ${why}`);
    this.name = 'UndeliveredError';
  }
}

/**
 * Makes a delivery. At least once: where the word that it arrived is lost with this replica, it is made
 * again under the same id.
 * @throws UndeliveredError where it is to be tried again
 */
export async function deliver(ports: DeliveryPorts, job: Job): Promise<void> {
  const { deliveryId } = job.payload;
  const due = typeof deliveryId === 'string' ? await ports.deliveries.due(deliveryId) : null;
  if (due === null) return;
  const { id, url, secret } = due;
  const sentAt = ports.clock();
  const answer = await ports.sender.send({
    id,
    url,
    secret,
    content: messageOf(ports, due),
    sentAt,
  });
  const { ok, status: responseStatus, error } = answer;
  const outcome = { attempt: job.attempt, responseStatus, error, at: ports.clock() };
  if (ok) {
    await ports.deliveries.delivered(id, outcome);
    return;
  }
  const gone = responseStatus === GONE;
  if (gone || job.isLastAttempt) {
    await ports.deliveries.givenUp(id, { ...outcome, gone }, GIVEN_UP_IN_A_ROW);
    return;
  }
  await ports.deliveries.delayed(id, outcome);
  throw new UndeliveredError(id, error ?? 'for a reason unknown');
}

/** The same at each attempt: the link's time counts from what is told, not from the telling. */
function messageOf(
  { links, linkTtlMs }: DeliveryPorts,
  { event, payload, sessionId, createdAt }: DueDelivery,
): JsonObject {
  const { timestamp = createdAt.toISOString(), formQuestionId } = payload;
  const data = own(payload, 'data') as JsonObject;
  if (typeof formQuestionId !== 'string') return { type: event, timestamp, data };
  const resumeUrl = links.urlOf({
    sessionId: sessionId as ResumeRight['sessionId'],
    questionId: formQuestionId as ResumeRight['questionId'],
    until: new Date(createdAt.getTime() + linkTtlMs),
  });
  return { type: event, timestamp, data: { ...data, resumeUrl } };
}
