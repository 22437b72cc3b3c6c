import { readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import {
  createDecider,
  DEFAULT_CONFIG,
  initialState,
  stateOf,
  graphOf,
  toXState,
  xstateChildOf,
  xstateEventOf,
  xstateImplementations,
  type Effect,
  type Input,
  type Journey,
  type JsonValue,
  type Question,
  type SessionEvent,
  type XStateExport,
} from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { createActor, enqueueActions, setup, type AnyActor, type AnyStateMachine } from 'xstate';
import { CORPUS, corpusFiles, mappedFile, SAMPLES, sampleFiles } from '../support/journeys.js';

const page = readFileSync(new URL('../../docs/xstate.md', import.meta.url), 'utf8');
const snippets = [...page.matchAll(/```js\n([\s\S]+?)```/g)].map(([, code = '']) => code);

/** What the code on the page defines. */
function fromThePage(): {
  machineOf: (exported: XStateExport) => AnyStateMachine;
  follow: (journey: Journey, log: readonly SessionEvent[]) => AnyActor;
} {
  const names = {
    createActor,
    enqueueActions,
    setup,
    toXState,
    xstateChildOf,
    xstateEventOf,
    xstateImplementations,
  };
  const code = (snippets[0] ?? '').replace(/^import .*$/gm, '');
  const made = runInThisContext(
    `(({${Object.keys(names).join()}}) => { ${code}; return { machineOf, follow }; })`,
  ) as (given: typeof names) => ReturnType<typeof fromThePage>;
  return made(names);
}

const { machineOf, follow } = fromThePage();

/** The log of a session in which the person says yes, and each block and each fork come out as told. */
function logOf(journey: Journey, branch: number): { log: SessionEvent[]; status: string } {
  const decider = createDecider(journey, initialState());
  const log: SessionEvent[] = [];
  const effects: Effect[] = [];
  const take = (input: Input) => {
    const decision = decider.take(input, '2026-03-14T09:00:00.000Z');
    log.push(...decision.events);
    effects.push(...decision.effects);
  };
  take({
    type: 'open',
    config: DEFAULT_CONFIG,
    execution: { timeZone: null, sessionTimeoutMs: null },
    initialInput: {},
    mode: 'conversational',
  });
  if (decider.state.status === 'not-started')
    take({ type: 'act', action: 'start', parameters: {} });
  for (let turn = 0; turn < 200 && decider.state.status === 'running'; turn += 1) {
    const effect = effects.shift();
    const [question] = decider.state.questions;
    if (effect?.type === 'run-block') {
      const state = stateOf(graphOf(journey), effect.run.stateId);
      const branches = state.kind === 'fork' ? state.branches : [];
      take({
        type: 'block-succeeded',
        runId: effect.run.id,
        output: {},
        branchId: branches[branch % branches.length]?.id ?? null,
        variables: null,
        durationMs: 1,
      });
    } else if (effect?.type === 'start-timer') {
      take({ type: 'timer-fired', timerId: effect.timer.id });
    } else if (!effect && question) take(answerTo(question));
  }
  return { log, status: decider.state.status };
}

function answerTo(question: Question): Input {
  if (question.kind === 'confirmation') {
    return { type: 'act', action: 'confirm', parameters: { confirmed: true } };
  }
  const slots = question.kind === 'slots' ? question.slots : [];
  const asked = slots.find(({ name }) => question.kind === 'slots' && name === question.focus);
  const values: Record<string, JsonValue> = {
    number: 7,
    boolean: true,
    date: '2026-04-01',
    url: 'https://example.com',
  };
  const value =
    asked?.options?.[0]?.value ?? values[asked?.format ?? ''] ?? values[asked?.type ?? ''];
  return { type: 'act', action: 'answer', parameters: { value: value ?? 'ada@example.com' } };
}

describe('the example of the documentation', () => {
  it.each(sampleFiles.flatMap((name) => [0, 1].map((branch) => [name, branch] as const)))(
    'follows a session of %s to its end, by branch %d',
    (name, branch) => {
      const journey = mappedFile(SAMPLES, name);
      const { log, status } = logOf(journey, branch);
      expect(status).toBe('completed');
      expect(follow(journey, log).getSnapshot().status).toBe('done');
      const cut = log.findIndex(({ type }) => type === 'node-completed');
      const begun = follow(journey, log.slice(0, cut)).getSnapshot() as { value: object };
      expect(Object.keys(begun.value)).toEqual(['running']);
    },
  );

  it('goes by hand as it says', () => {
    const block = (id: string, type: string) => ({ blockId: id, blockType: type, label: id });
    const base = { refName: '', description: null, outputFields: null };
    const exported = toXState({
      id: 'jrn_1',
      version: '',
      mapperVersion: '1',
      name: '',
      description: null,
      initial: 'st_start',
      states: [
        { kind: 'start', id: 'st_start', ...block('start', 'starter'), ...base, slots: [] },
        { kind: 'timer', id: 'st_pay', ...block('pay', 'wait'), ...base, delayMs: 1 },
      ],
      transitions: [
        { id: 'tr_1', from: 'st_start', to: 'st_pay', kind: 'next', branchId: null, edgeIds: [] },
      ],
      variables: [],
    });
    const shown: unknown[] = [];
    const names = {
      createActor,
      machineOf,
      exported,
      console: { log: (value: unknown) => shown.push(value) },
    };
    const run = runInThisContext(`(({${Object.keys(names).join()}}) => { ${snippets[1]} })`) as (
      given: typeof names,
    ) => void;
    run(names);
    expect(shown).toEqual([{ running: 'st_pay' }, 'completed']);
  });

  it.skipIf(corpusFiles.length === 0).each(corpusFiles)(
    'follows a session of the real workflow %s (needs the corpus beside the checkout)',
    (name) => {
      const journey = mappedFile(CORPUS, name);
      const { log } = logOf(journey, 0);
      const { value } = follow(journey, log).getSnapshot() as { value: unknown };
      expect(value).toBeDefined();
    },
  );
});
