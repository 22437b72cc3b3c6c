import { createHash } from 'node:crypto';
import type { openSessionBody } from '@sim/contracts';
import { EngineError, IdempotencyClash, type OpenAnswer, type OpenRequest } from '@sim/engine';
import type { Principal } from '@sim/service-kit';
import type * as z from 'zod';
import type { ConversationContext } from '../context.js';
import { checkPausePoints } from './pause-points.js';

type Body = z.output<typeof openSessionBody>;

/** An opening that may come twice: the key decides the session's id, so that the second finds the first. */
interface Repeatable extends Required<Pick<OpenRequest, 'sessionId' | 'idempotency'>> {
  readonly workspaceId: string;
}

/**
 * Opens a session on the current version of a workflow. A request repeated under its idempotency key is
 * given the answer that the first one got.
 */
export async function openSession(
  context: ConversationContext,
  principal: Principal,
  body: Body,
  idempotencyKey: string | undefined,
): Promise<OpenAnswer> {
  if (idempotencyKey === undefined) return open(context, principal, body);
  const repeatable = repeatableBy(principal, body, idempotencyKey);
  const before = await openedBefore(context, repeatable);
  if (before) return before;
  try {
    return await open(context, principal, body, repeatable);
  } catch (error) {
    // The same request came at the same time and was first.
    const first = error instanceof IdempotencyClash && (await openedBefore(context, repeatable));
    if (first) return first;
    throw error;
  }
}

async function open(
  context: ConversationContext,
  { userId, workspaceId }: Principal,
  body: Body,
  repeatable?: Repeatable,
): Promise<OpenAnswer> {
  const { journey } = await context.journeyService.current(body.workflowId, workspaceId);
  const { mode, ...execution } = body.executionConfig ?? {};
  checkPausePoints(journey, execution.pausePoints);
  return context.engine.open({
    workflowId: body.workflowId,
    journey,
    userId,
    workspaceId,
    initialInput: body.initialInput ?? {},
    config: withoutUndefined(body.conversationalConfig ?? {}),
    execution: withoutUndefined(execution),
    metadata: body.metadata ?? {},
    ...(mode && { mode }),
    ...(repeatable && {
      sessionId: repeatable.sessionId,
      idempotency: repeatable.idempotency,
    }),
  });
}

function withoutUndefined<T extends object>(
  values: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function repeatableBy({ userId, workspaceId }: Principal, body: Body, key: string): Repeatable {
  const digest = sha256(JSON.stringify([workspaceId, userId, key]));
  return {
    workspaceId,
    sessionId: `ses_${digest.slice(0, 20)}`,
    // A blank is in no key of a client, so a turn under the same key stays another request.
    idempotency: { key: `open ${key}`, requestHash: sha256(JSON.stringify(body)) },
  };
}

async function openedBefore(
  { sessions }: Pick<ConversationContext, 'sessions'>,
  { sessionId, workspaceId, idempotency }: Repeatable,
): Promise<OpenAnswer | null> {
  const { key: idempotencyKey, requestHash } = idempotency;
  const loaded = await sessions.load({ sessionId, workspaceId, idempotencyKey });
  if (!loaded) return null;
  if (loaded.replay?.requestHash === requestHash)
    return loaded.replay.answer as unknown as OpenAnswer;
  throw new EngineError(
    'idempotency_key_reused',
    'This Idempotency-Key opened another session. Use a new key for a new session.',
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
