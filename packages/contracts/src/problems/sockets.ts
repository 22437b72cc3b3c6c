import { kind } from './kind.js';

/** Problems of live connections. */
export const SOCKETS = {
  invalid_event: kind(
    400,
    'The event is not as expected',
    'A field of the event is missing, unknown or of the wrong type; `errors` names each by its path.',
    'Correct the named fields. Every event is described in docs/sockets.md.',
  ),
  event_unknown: kind(
    400,
    'There is no such event',
    'The server takes no event of this name.',
    'Look the event up in docs/sockets.md.',
  ),
  not_joined: kind(
    409,
    'The session was not joined',
    'Only a session that this connection has joined can be left.',
    'Send join-session first.',
  ),
  join_limit: kind(
    409,
    'Too many sessions are joined',
    'A connection follows a bounded number of sessions.',
    'Leave sessions that are not shown any more, or open another connection.',
  ),
  too_many_connections: kind(
    503,
    'The server holds as many connections as it may',
    'WS_MAX_CONNECTIONS, or maxConnections of the flag realTimeUpdates, is reached on this replica.',
    'Connect again later; operators add replicas or raise the limit.',
  ),
  real_time_updates_off: kind(
    503,
    'Live updates are switched off',
    'The feature flag realTimeUpdates is not enabled.',
    'Use the REST API, and GET …/sessions/:id/events to follow a session.',
  ),
  client_too_slow: kind(
    408,
    'The client does not read what it is sent',
    'Answers pile up for a client that asks without reading.',
    'Connect again, and join with the lastEventId that came last.',
  ),
} as const;
