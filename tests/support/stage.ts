import { createHash, randomUUID } from 'node:crypto';
import {
  mapWorkflow,
  parseWorkflow,
  replay,
  type ExecutionConfig,
  type Journey,
  type JsonObject,
} from '@sim/domain';
import {
  createEngine,
  DEFAULT_ENGINE_SETTINGS,
  type BlockExecutor,
  type Engine,
  type EngineSettings,
  type LanguageUnderstanding,
  type SessionStore,
  type TurnAnswer,
} from '@sim/engine';
import {
  createMemoryJourneys,
  createMemorySecrets,
  createMemorySessions,
  MemoryBus,
} from '@sim/memory';
import { expect } from 'vitest';

/** Takes every utterance for what is asked; tests of the engine need no more. */
const literal: LanguageUnderstanding = {
  understand: (utterance) =>
    Promise.resolve({
      intent: utterance === 'yes' ? 'confirm' : utterance === 'no' ? 'deny' : 'provide-value',
      confidence: 0.9,
      entities: [],
      alternatives: [],
      provider: 'internal',
    }),
};

/** What a test puts in place of the usual. */
export interface StageOptions {
  readonly executors?: readonly BlockExecutor[];
  readonly settings?: Partial<EngineSettings>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly understanding?: LanguageUnderstanding;
  readonly sessions?: SessionStore;
  readonly clock?: () => Date;
  readonly execution?: Partial<ExecutionConfig>;
}

/** An engine in memory on one journey, with replicas as many as asked for. */
export interface Stage {
  readonly journey: Journey;
  readonly engine: Engine;
  readonly sessions: SessionStore;
  readonly bus: MemoryBus;
  /** What the engine reported as an error. */
  readonly errors: readonly string[];
  /** Another engine over the same stores. */
  readonly replica: () => Engine;
  readonly open: (initialInput?: JsonObject) => Promise<string>;
  readonly say: (sessionId: string, text: string, idempotencyKey?: string) => Promise<TurnAnswer>;
  readonly act: (sessionId: string, action: string, parameters?: JsonObject) => Promise<TurnAnswer>;
  /** The state kept is the state that the log gives. */
  readonly expectReplayable: (sessionId: string) => Promise<void>;
}

export const WORKSPACE = 'ws_test';

/** Sets up an engine for a workflow in the form of an export. */
export async function stage(document: JsonObject, options: StageOptions = {}): Promise<Stage> {
  const { workflow, issues } = parseWorkflow(document);
  if (!workflow) throw new TypeError(`Not a workflow: ${JSON.stringify(issues)}`);
  const { journey, provenance } = mapWorkflow(workflow);
  const journeys = createMemoryJourneys();
  await journeys.saveMapping(
    { workflowId: 'wf_test', workflowVersion: 1, journey, provenance, issues },
    new Date(),
  );
  const sessions =
    options.sessions ??
    createMemorySessions((id, timerId) => {
      // A test may end before its timers do.
      engine.fireTimer(id, timerId).catch(() => undefined);
    });
  const bus = new MemoryBus();
  const errors: string[] = [];
  const replica = () =>
    createEngine({
      sessions,
      journeys,
      secrets: createMemorySecrets(options.secrets ?? {}),
      bus,
      understanding: options.understanding ?? literal,
      executors: new Map((options.executors ?? []).map((executor) => [executor.type, executor])),
      clock: options.clock ?? (() => new Date()),
      newId: (prefix) => `${prefix}_${randomUUID()}`,
      hash: (text) => createHash('sha256').update(text).digest('hex'),
      log: { warn: () => undefined, error: (_facts, message) => errors.push(message) },
      settings: { ...DEFAULT_ENGINE_SETTINGS, ...options.settings },
    });
  const engine = replica();
  const command = (
    sessionId: string,
    input: Parameters<Engine['command']>[0]['input'],
    key?: string,
  ) =>
    engine.command({
      sessionId,
      workspaceId: WORKSPACE,
      input,
      ...(key !== undefined && { idempotencyKey: key }),
    });
  return {
    journey,
    engine,
    sessions,
    bus,
    errors,
    replica,
    async open(initialInput = {}) {
      const opened = await engine.open({
        workflowId: 'wf_test',
        journey,
        userId: 'usr_test',
        workspaceId: WORKSPACE,
        initialInput,
        ...(options.execution && { execution: options.execution }),
      });
      return opened.sessionId;
    },
    say: (sessionId, text, key) => command(sessionId, { kind: 'say', text }, key),
    act: (sessionId, action, parameters = {}) =>
      command(sessionId, { kind: 'act', action: action as 'start', parameters }),
    async expectReplayable(sessionId) {
      const loaded = await sessions.load({ sessionId, workspaceId: null });
      const events = await sessions.events(sessionId, 0, 10_000);
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index));
      expect(JSON.parse(JSON.stringify(replay(events.map(({ event }) => event))))).toEqual(
        loaded?.record.state,
      );
    },
  };
}

/** Has whoever holds a lease neither keep it nor hear of anything, as a replica that is gone. */
export function crash(sessions: SessionStore): void {
  sessions.renewLease = () => Promise.resolve({ kept: true, mail: false });
  sessions.collect = () => Promise.resolve([]);
}

/** An executor that does what it is told. */
export function executor(
  type: string,
  run: BlockExecutor['run'],
  more: Partial<BlockExecutor> = {},
): BlockExecutor {
  return { type, sideEffect: 'none', idempotent: true, run, ...more };
}
