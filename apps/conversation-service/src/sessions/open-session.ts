import { createHash } from 'node:crypto';
import type { openSessionBody } from '@sim/contracts';
import { availableCommands, render, type JsonObject } from '@sim/domain';
import { EngineError, IdempotencyClash, type OpenAnswer } from '@sim/engine';
import type { Principal } from '@sim/service-kit';
import type * as z from 'zod';
import type { ConversationContext } from '../context.js';

/**
 * Opens a session on the current version of a workflow. With an idempotency key the session's id comes
 * from the key, so that a repeated request finds the session that the first one opened.
 */
export async function openSession(
  context: ConversationContext,
  principal: Principal,
  body: z.output<typeof openSessionBody>,
  idempotencyKey: string | undefined,
): Promise<OpenAnswer> {
  const { userId, workspaceId } = principal;
  const sessionId = idempotencyKey && sessionIdOf(principal, idempotencyKey);
  const opened =
    sessionId && (await openedBefore(context, sessionId, workspaceId, body.workflowId));
  if (opened) return opened;
  const { journey } = await context.journeyService.current(body.workflowId, workspaceId);
  const { executionConfig = {}, conversationalConfig = {} } = body;
  const { mode, timeZone, sessionTimeoutMs } = executionConfig;
  const open = context.engine.open({
    workflowId: body.workflowId,
    journey,
    userId,
    workspaceId,
    initialInput: (body.initialInput ?? {}) as JsonObject,
    config: withoutUndefined(conversationalConfig),
    execution: withoutUndefined({ timeZone, sessionTimeoutMs }),
    metadata: (body.metadata ?? {}) as JsonObject,
    ...(mode && { mode }),
    ...(sessionId && { sessionId }),
  });
  try {
    return await open;
  } catch (error) {
    if (!(error instanceof IdempotencyClash) || !sessionId) throw error;
    const first = await openedBefore(context, sessionId, workspaceId, body.workflowId);
    if (!first) throw error;
    return first;
  }
}

function withoutUndefined<T extends object>(
  values: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function sessionIdOf({ userId, workspaceId }: Principal, key: string): `ses_${string}` {
  const digest = createHash('sha256').update(JSON.stringify([workspaceId, userId, key]));
  return `ses_${digest.digest('hex').slice(0, 20)}`;
}

async function openedBefore(
  context: ConversationContext,
  sessionId: string,
  workspaceId: string,
  workflowId: string,
): Promise<OpenAnswer | null> {
  const loaded = await context.sessions.load({ sessionId, workspaceId });
  if (!loaded) return null;
  if (loaded.record.workflowId !== workflowId) {
    throw new EngineError(
      'idempotency_key_reused',
      'This Idempotency-Key opened a session of another workflow. Use a new key for a new session.',
    );
  }
  const state = await context.engine.view(sessionId, workspaceId);
  return {
    sessionId,
    journeyId: state.journeyId,
    welcomeMessage: await welcomeOf(context, sessionId),
    state,
    availableCommands: availableCommands(loaded.record.state),
  };
}

/** What was said before the person said anything. */
async function welcomeOf(context: ConversationContext, sessionId: string): Promise<string> {
  const said: string[] = [];
  for (const { event } of await context.sessions.events(sessionId, 0, 20)) {
    if (event.type === 'user-said' || event.type === 'user-acted') break;
    if (event.type === 'agent-said') said.push(...event.messages.map((m) => render(m)));
  }
  return said.join('\n');
}
