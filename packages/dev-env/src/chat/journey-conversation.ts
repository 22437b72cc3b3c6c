import { createHash, randomUUID } from 'node:crypto';
import { createBlocks, createTools } from '@sim/blocks';
import type { Journey } from '@sim/domain';
import {
  createEngine,
  DEFAULT_ENGINE_SETTINGS,
  EngineError,
  type SessionAnswer,
  type TurnAnswer,
} from '@sim/engine';
import {
  createMemoryJourneys,
  createMemoryMemories,
  createMemorySecrets,
  createMemorySessions,
  MemoryBus,
} from '@sim/memory';
import { createInternalUnderstanding } from '@sim/nlu';
import { modelKey, modelSettings, parseConfig } from '@sim/service-kit';
import type { Conversation, Reply } from './conversation.js';

const WORKFLOW_ID = 'wf_terminal';
const WORKSPACE_ID = 'terminal';

/** Values for `{{NAME}}` markers, as the terminal's own environment has them. */
export type Secrets = Readonly<Record<string, string>>;

/**
 * Talks a journey through in this process: nothing is stored, nothing is served.
 * @throws ConfigError where the variables of the model cannot be read
 */
export function journeyConversation(journey: Journey, secrets: Secrets): Conversation {
  const { model, apiKey } = parseConfig({ model: modelSettings(), apiKey: modelKey() }, secrets);
  const allowPrivateHosts = ['localhost', '127.0.0.1'];
  // No workspace configures any, but a workflow may name the servers of its own.
  const tools = createTools({
    store: { enabled: () => Promise.resolve([]) },
    secrets: createMemorySecrets(secrets),
    allowPrivateHosts,
  });
  const blocks = createBlocks({
    allowPrivateHosts,
    tools,
    memories: createMemoryMemories(),
    ...(model && { model: { ...model, apiKey } }),
  });
  const journeys = createMemoryJourneys();
  let later: (reply: Reply) => void = () => undefined;
  let sessionId = '';
  const sessions = createMemorySessions((id, timerId) => {
    engine
      .command({ sessionId: id, workspaceId: null, input: { kind: 'timer', timerId } })
      .then((answer) => later(replyOf(answer)))
      .catch((error: unknown) => {
        // A timer that rings in the middle of a turn is taken up at that turn's end.
        if (!isBusy(error)) later(brokenOff(error));
      });
  });
  const engine = createEngine({
    sessions,
    journeys,
    secrets: createMemorySecrets(secrets),
    bus: new MemoryBus(),
    understanding: createInternalUnderstanding(),
    executors: blocks.executors,
    clock: () => new Date(),
    newId: (prefix) => `${prefix}_${randomUUID()}`,
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    log: { warn: () => undefined, error: () => undefined },
    settings: {
      ...DEFAULT_ENGINE_SETTINGS,
      // The terminal waits as long as the blocks take.
      replyWithinMs: 600_000,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    },
  });
  return {
    async open() {
      await journeys.saveMapping(
        {
          workflowId: WORKFLOW_ID,
          workflowVersion: 1,
          journey,
          provenance: NO_PROVENANCE,
          issues: [],
        },
        new Date(),
      );
      const opened = await engine.open({
        workflowId: WORKFLOW_ID,
        journey,
        userId: 'terminal',
        workspaceId: WORKSPACE_ID,
      });
      sessionId = opened.sessionId;
      const messages = opened.welcomeMessage.split('\n');
      return { messages, suggestions: [], state: stateOf(opened.state) };
    },
    async say(text) {
      const input = { kind: 'say', text } as const;
      return replyOf(await engine.command({ sessionId, workspaceId: WORKSPACE_ID, input }));
    },
    onLater(listener) {
      later = listener;
    },
    async close() {
      await engine.close();
      await Promise.all([blocks.close(), tools.close()]);
    },
  };
}

const NO_PROVENANCE = {
  nodeStateMappings: {},
  edgeTransitionMappings: {},
  contextVariableMappings: {},
  leftOut: [],
  coverage: 1,
};

function replyOf(answer: TurnAnswer): Reply {
  return {
    messages: answer.messages.map(({ text }) => text).filter((text) => text !== ''),
    suggestions: answer.suggestedActions,
    state: stateOf(answer.state),
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'session_busy';
}

function brokenOff(error: unknown): Reply {
  const message = error instanceof Error ? error.message : String(error);
  return { messages: [message], suggestions: [], state: 'failed' };
}

function stateOf({ executionStatus, awaiting }: SessionAnswer): Reply['state'] {
  switch (executionStatus) {
    case 'completed':
    case 'cancelled':
    case 'failed':
      return executionStatus;
    case 'expired':
      return 'cancelled';
    default:
      return awaiting?.kind === 'timer' ? 'waiting' : 'awaiting';
  }
}
