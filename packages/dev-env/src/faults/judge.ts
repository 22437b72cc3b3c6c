import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '@sim/domain';
import type { Acknowledged, Conversation } from './conversation.js';
import type { ToolCall } from './tool-server.js';
import { effectName, neededEffects } from './workflow.js';

/** A turn as the database has it, of those that came with an idempotency key. */
export interface StoredTurn {
  readonly sessionId: string;
  readonly key: string;
  readonly answer: JsonObject | null;
}

/** All that is known when a phase is over. */
export interface Evidence {
  readonly conversations: readonly Conversation[];
  readonly acknowledged: readonly Acknowledged[];
  readonly storedSessions: readonly { readonly sessionId: string; readonly status: string }[];
  readonly storedTurns: readonly StoredTurn[];
  readonly calls: readonly ToolCall[];
  /** What verifying found, with the session's id. */
  readonly unsound: readonly string[];
  readonly crashes: readonly string[];
}

/** What is counted, and every contradiction in words. */
export interface Verdict {
  readonly sessions: number;
  readonly completed: number;
  /** Openings not among them. */
  readonly turns: number;
  readonly lostTurns: number;
  readonly effectsNeeded: number;
  /** Seen under one key. */
  readonly effectsOnce: number;
  readonly effectsMissing: number;
  /** Seen under several keys, or where nobody needed them. */
  readonly effectsTwice: number;
  /** Calls that came again under the key of an earlier one. */
  readonly repeats: number;
  readonly unsound: number;
  /** Empty where nothing was lost and nothing was done twice. */
  readonly faults: readonly string[];
}

/** The key under which the service keeps the answer to an opening. */
export const openingKey = (key: string): string => `open ${key}`;

/** Compares what clients were told, what is stored and what the tool server saw. */
export function judge(evidence: Evidence): Verdict {
  const lost = lostTurns(evidence);
  const effects = judgeEffects(evidence);
  const failed = evidence.conversations.filter(({ failure }) => failure !== null);
  const stored = judgeStored(evidence);
  return {
    sessions: evidence.conversations.length,
    completed: evidence.conversations.length - failed.length,
    turns: evidence.acknowledged.filter((turn) => !isOpening(turn)).length,
    lostTurns: lost.length,
    ...effects.counts,
    unsound: evidence.unsound.length,
    faults: [
      ...failed.map(
        ({ sessionId, script, failure }) =>
          `session ${sessionId ?? `of ${script.ref}`} is not completed: ${failure ?? ''}`,
      ),
      ...lost,
      ...effects.faults,
      ...stored,
      ...evidence.unsound.map((fault) => `unsound: ${fault}`),
      ...evidence.crashes.map((crash) => `crash: ${crash}`),
    ],
  };
}

const isOpening = ({ answer }: Acknowledged): boolean => !('turnId' in answer);

function lostTurns({ acknowledged, storedTurns }: Evidence): string[] {
  const stored = new Map(storedTurns.map((turn) => [placeOf(turn.sessionId, turn.key), turn]));
  return acknowledged.flatMap((turn) => {
    const key = isOpening(turn) ? openingKey(turn.key) : turn.key;
    const row = stored.get(placeOf(turn.sessionId, key));
    const what = `acknowledged turn ${turn.key} of ${turn.sessionId}`;
    if (!row) return [`lost: ${what} is not stored`];
    return isDeepStrictEqual(row.answer, turn.answer) ? [] : [`lost: ${what} has another answer`];
  });
}

/** What is stored that nobody was told of: a turn, or a session, that was made twice. */
function judgeStored({ acknowledged, conversations, storedSessions, storedTurns }: Evidence) {
  const told = new Set(
    acknowledged.map((turn) =>
      placeOf(turn.sessionId, isOpening(turn) ? openingKey(turn.key) : turn.key),
    ),
  );
  const opened = new Set(conversations.map(({ sessionId }) => sessionId));
  const failed = new Set(
    conversations.flatMap(({ sessionId, failure }) => (failure === null ? [] : [sessionId])),
  );
  return [
    ...storedTurns
      .filter(({ sessionId, key }) => !failed.has(sessionId) && !told.has(placeOf(sessionId, key)))
      .map(({ sessionId, key }) => `doubled: turn ${key} of ${sessionId} was never acknowledged`),
    ...storedSessions
      .filter(({ sessionId }) => !opened.has(sessionId))
      .map(({ sessionId }) => `doubled: session ${sessionId} was never acknowledged`),
    ...storedSessions
      .filter(({ sessionId, status }) => !failed.has(sessionId) && status !== 'completed')
      .map(({ sessionId, status }) => `lost: session ${sessionId} is stored as ${status}`),
  ];
}

const placeOf = (sessionId: string, key: string): string => `${sessionId} ${key}`;

function judgeEffects({ conversations, calls }: Evidence) {
  const completed = conversations.filter(({ failure }) => failure === null);
  const needed = new Set(completed.flatMap(({ script }) => neededEffects(script)));
  // A session that did not complete has had any part of what it needs.
  const possible = new Set(conversations.flatMap(({ script }) => neededEffects(script)));
  const keysOf = new Map<string, Set<string | null>>();
  const firstBody = new Map<string | null, unknown>();
  const faults: string[] = [];
  let repeats = 0;
  for (const { key, body } of calls) {
    const effect = effectName(body);
    keysOf.set(effect, (keysOf.get(effect) ?? new Set()).add(key));
    if (key === null) faults.push(`unkeyed: a call for "${effect}" had no Idempotency-Key`);
    else if (!firstBody.has(key)) firstBody.set(key, body);
    else {
      repeats += 1;
      const same = isDeepStrictEqual(firstBody.get(key), body);
      if (!same) faults.push(`doubled: key ${key} came with another body, for "${effect}"`);
    }
  }
  const missing = [...needed].filter((effect) => !keysOf.has(effect));
  const twice = [...keysOf].filter(([effect, keys]) => keys.size > 1 || !possible.has(effect));
  faults.push(
    ...missing.map((effect) => `lost: the tool server never saw "${effect}"`),
    ...twice.map(
      ([effect, keys]) =>
        `doubled: "${effect}" was seen under ${keys.size} keys: ${[...keys].join(', ')}`,
    ),
  );
  const wrong = new Set([...missing, ...twice.map(([effect]) => effect)]);
  return {
    counts: {
      effectsNeeded: needed.size,
      effectsOnce: [...needed].filter((effect) => !wrong.has(effect)).length,
      effectsMissing: missing.length,
      effectsTwice: twice.length,
      repeats,
    },
    faults,
  };
}
