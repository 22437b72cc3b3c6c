import type { ServerEvent, ServerEventName } from '@sim/contracts';
import { graphOf, render, type Journey, type JourneyGraph, type SessionEvent } from '@sim/domain';
import type { StoredEvent } from '@sim/engine';

/** An event of a log as clients get it. */
export type ExecutionEvent = ServerEvent<'execution-event'>;

/** A message to clients: the event's name and its payload. */
export type ServerMessage = {
  [N in ServerEventName]: readonly [name: N, payload: ServerEvent<N>];
}[ServerEventName];

/** An event of the log as clients get it: as it stands there, with the names of blocks and the texts. */
export function executionEvent(
  sessionId: string,
  { sequence, event, nodeId, durationMs, createdAt }: StoredEvent,
  journey: Journey,
): ExecutionEvent {
  const { type, ...data } = event;
  const graph = graphOf(journey);
  const skipped = skippedBlocks(graph, event);
  return {
    sessionId: sessionId as ExecutionEvent['sessionId'],
    eventId: sequence,
    type,
    nodeId,
    nodeName: 'stateId' in event ? (graph.states.get(event.stateId)?.label ?? null) : null,
    durationMs,
    data: data as ExecutionEvent['data'],
    createdAt: createdAt.toISOString(),
    ...(skipped.length > 0 && { skipped }),
    ...(event.type === 'agent-said' && { text: textOf(event) }),
  };
}

function skippedBlocks(graph: JourneyGraph, event: SessionEvent) {
  if (event.type !== 'node-completed') return [];
  return event.skipped.flatMap((id) => {
    const state = graph.states.get(id);
    return state ? [{ nodeId: state.blockId, nodeName: state.label }] : [];
  });
}

type Said = Extract<SessionEvent, { type: 'agent-said' }>;

const textsOf = ({ messages }: Pick<Said, 'messages'>) =>
  messages.map((message) => ({ key: message.key, text: render(message) }));

const textOf = (said: Pick<Said, 'messages'>): string =>
  textsOf(said)
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join('\n');

/**
 * What goes out for an event: the event, then what is drawn from it for clients that want no more than
 * that. Only the event counts for going on after a cut.
 */
export function messagesFor(event: ExecutionEvent): readonly ServerMessage[] {
  return [['execution-event', event], ...drawnFrom(event)];
}

function drawnFrom({ sessionId, eventId, type, data, text, createdAt }: ExecutionEvent) {
  const about = { sessionId, eventId };
  const event = { type, ...data } as unknown as SessionEvent;
  const drawn: ServerMessage[] = [];
  if (event.type === 'agent-said') {
    const messages = textsOf(event);
    drawn.push(['agent-message', { ...about, text: text ?? '', messages, createdAt }]);
  } else if (event.type === 'mode-switched') {
    drawn.push(['mode-switched', { ...about, mode: event.mode }]);
  } else if (event.type === 'completed') {
    const { output } = event;
    drawn.push(['session-ended', { ...about, status: 'completed', output }]);
  } else if (event.type === 'failed') {
    const error = event.error as unknown as ExecutionEvent['data'];
    drawn.push(['session-ended', { ...about, status: 'failed', error }]);
  } else if (event.type === 'cancelled' || event.type === 'expired') {
    drawn.push(['session-ended', { ...about, status: event.type }]);
  }
  return drawn;
}
