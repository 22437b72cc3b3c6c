import { setTimeout as delay } from 'node:timers/promises';
import { graphOf, stateOf, type Effect, type RunId } from '@sim/domain';
import type { TurnAnswer } from './answers.js';
import { prepareBlock, type BlockCall } from './run-block.js';
import { commit, leaseLost, replyEarly } from './turn-commit.js';
import { take, type TurnWork } from './turn-work.js';

/** Runs blocks, as many at once as are ready, until none is under way. */
export async function settleEffects(
  work: TurnWork,
  effects: readonly Effect[],
  reply: (answer: TurnAnswer) => void,
): Promise<void> {
  await launch(work, effects);
  while (work.runs.size > 0) {
    const arrived = await work.inbox.take();
    if (arrived === 'lease-lost') throw leaseLost();
    if (arrived === 'deadline') {
      await replyEarly(work, reply);
      continue;
    }
    work.runs.delete(arrived.runId);
    await launch(work, take(work, arrived));
  }
}

async function launch(work: TurnWork, effects: readonly Effect[]): Promise<void> {
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
  for (const { call, delayMs } of calls) start(work, call, delayMs);
}

function callOff(work: TurnWork, runId: RunId): void {
  work.runs.get(runId)?.abort();
  work.runs.delete(runId);
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
    if (delayMs > 0) await delay(delayMs, undefined, { signal }).catch(() => undefined);
    // Called off while it waited for its next attempt.
    if (signal.aborted) return;
    const outcome = await call.outcome(signal);
    if (work.runs.has(call.run.id)) work.inbox.put(outcome);
  };
  begin().catch((error: unknown) => work.ports.log.error({ err: error }, 'A block run was lost.'));
}
