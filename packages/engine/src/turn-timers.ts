import type { Effect, TimerId } from '@sim/domain';
import { take, type TurnWork } from './turn-work.js';

/** The longest that `setTimeout` takes. */
const LONGEST_MS = 2_147_483_647;

/**
 * Waits that are over go on, and a session whose time is over ends: while a turn has the session, whoever
 * keeps the timers may knock in vain.
 */
export function fireDue(work: TurnWork): Effect[] {
  return dueTimers(work).flatMap((timerId) => take(work, { type: 'timer-fired', timerId }));
}

/** Of the session's alarms those whose moment has come. */
export function dueTimers(work: TurnWork): TimerId[] {
  const now = work.ports.clock().getTime();
  return alarmsOf(work).flatMap(({ id, fireAt }) => (Date.parse(fireAt) <= now ? [id] : []));
}

/** Wakes the turn at the earliest of the session's alarms. */
export function setAlarm(work: TurnWork): void {
  if (work.alarm) clearTimeout(work.alarm);
  const alarms = alarmsOf(work).map(({ fireAt }) => Date.parse(fireAt));
  if (alarms.length === 0) return;
  const earliest = alarms.reduce((a, b) => Math.min(a, b));
  const leftMs = Math.max(0, earliest - work.ports.clock().getTime());
  const wake = () => work.inbox.put({ type: 'due' });
  work.alarm = setTimeout(wake, Math.min(leftMs, LONGEST_MS));
}

function alarmsOf({ decider: { state } }: TurnWork) {
  return [...Object.values(state.timers), ...(state.deadline ? [state.deadline] : [])];
}
