import type { openSessionBody } from '@sim/contracts';
import { IdempotencyClash, type OpenAnswer } from '@sim/engine';
import type { Principal } from '@sim/service-kit';
import type * as z from 'zod';
import type { ConversationContext } from '../context.js';
import { checkPausePoints } from './pause-points.js';
import { madeBefore, repeatableBy, type Repeatable } from './repeatable.js';

type Body = z.output<typeof openSessionBody>;

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
  const repeatable = repeatableBy(principal, 'open', body, idempotencyKey);
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

async function openedBefore(
  { sessions }: Pick<ConversationContext, 'sessions'>,
  repeatable: Repeatable,
): Promise<OpenAnswer | null> {
  const before = await madeBefore(sessions, repeatable);
  return (before?.replay?.answer as OpenAnswer | undefined) ?? null;
}
