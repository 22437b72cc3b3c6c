import { setTimeout as delay } from 'node:timers/promises';
import { graphOf, stateOf, type Effect, type RunId } from '@sim/domain';
import { prepareBlock, type BlockCall } from './run-block.js';
import { takeUp, takeUpMail } from './turn-offers.js';
import { commit, leaseLost, replyEarly, replyNow } from './turn-commit.js';
import { fireDue, setAlarm } from './turn-timers.js';
import { take, type Arrival, type Asked, type TurnWork } from './turn-work.js';

/** Runs blocks, as many at once as are ready, until none is under way. */
export async function settleEffects(work: TurnWork, effects: readonly Effect[]): Promise<void> {
  await launch(work, effects, work.asked);
  while (work.runs.size > 0) {
    if (work.asked.awaits.size === 0) await replyNow(work);
    setAlarm(work);
    await receive(work, await work.inbox.take());
  }
}

async function receive(work: TurnWork, arrived: Arrival): Promise<void> {
  switch (arrived.type) {
    case 'lease-lost':
      throw leaseLost();
    case 'deadline':
      if (arrived.turnId === work.asked.turnId) await replyEarly(work);
      return;
    case 'due':
      await launch(work, fireDue(work), null);
      return;
    case 'offer':
      await launch(work, await takeUp(work, arrived.offer), work.asked);
      return;
    case 'mail':
      for await (const taken of takeUpMail(work)) await launch(work, taken, work.asked);
      return;
    case 'block-succeeded':
    case 'block-failed': {
      work.runs.delete(arrived.runId);
      const { asked } = work;
      const awaited = asked.awaits.delete(arrived.runId);
      await launch(work, take(work, arrived), awaited ? asked : null);
      return;
    }
    default:
      arrived satisfies never;
  }
}

/** @param asked - the command that these are done for; null where nobody waits for them */
async function launch(
  work: TurnWork,
  effects: readonly Effect[],
  asked: Asked | null,
): Promise<void> {
  const calledOff = new Set<RunId>();
  for (const effect of effects) {
    if (effect.type === 'cancel-run') calledOff.add(effect.runId);
  }
  for (const runId of calledOff) callOff(work, runId);
  const calls: { call: BlockCall; delayMs: number }[] = [];
  for (const effect of effects) {
    // What was called off in the same breath as it was asked for does not begin.
    if (effect.type !== 'run-block' || calledOff.has(effect.run.id)) continue;
    const site = { ...work.record, journey: work.journey };
    const call = await prepareBlock(work.ports, site, work.decider.state, effect.run);
    calls.push({ call, delayMs: effect.delayMs });
  }
  const external = calls.filter(({ call }) => call.external).map(({ call }) => call);
  if (external.length > 0) await journalStart(work, external);
  for (const { call, delayMs } of calls) {
    asked?.awaits.add(call.run.id);
    start(work, call, delayMs);
  }
}

function callOff(work: TurnWork, runId: RunId): void {
  work.runs.get(runId)?.abort();
  work.runs.delete(runId);
  work.asked.awaits.delete(runId);
}

/** What reaches outside is written down before it happens, under a lease that is kept alive. */
async function journalStart(work: TurnWork, calls: readonly BlockCall[]): Promise<void> {
  const startedAt = work.ports.clock();
  for (const { run } of calls) {
    const { blockType } = stateOf(graphOf(work.journey), run.stateId);
    work.log.runsStarted.push({ run, blockType, startedAt });
    work.log.journaled.add(run.id);
  }
  await commit(work, true);
}

function start(work: TurnWork, call: BlockCall, delayMs: number): void {
  const controller = new AbortController();
  const { signal } = controller;
  work.runs.set(call.run.id, controller);
  const begin = async () => {
    if (delayMs > 0) await delay(scattered(delayMs), undefined, { signal }).catch(() => undefined);
    // Called off while it waited for its next attempt.
    if (signal.aborted) return;
    const outcome = await call.outcome(signal);
    if (work.runs.has(call.run.id)) work.inbox.put(outcome);
  };
  begin().catch((error: unknown) => work.ports.log.error({ err: error }, 'A block run was lost.'));
}

/** A quarter more or less, so that what failed together does not come again together. */
function scattered(delayMs: number): number {
  return delayMs * (0.75 + Math.random() / 2);
}
