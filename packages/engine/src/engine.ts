import type { Journey } from '@sim/domain';
import { sessionAnswer, type OpenAnswer, type SessionAnswer, type TurnAnswer } from './answers.js';
import { askedQuestion, type AskedQuestion } from './asked-question.js';
import { loadOrThrow, takeCommand, type CommandRequest } from './commands.js';
import { EngineError, type EngineErrorCode } from './errors.js';
import { createJourneyCache } from './journey-cache.js';
import { createLines } from './lines.js';
import { openSession, type OpenRequest } from './opening.js';
import type { Page, SessionListQuery, SessionRecord } from './ports.js';
import type { EnginePorts } from './settings.js';
import { createUnderWay } from './under-way.js';

/** Runs journeys: what it is asked goes through the journey's own decisions, what comes of it is stored. */
export interface Engine {
  /** @throws EngineError `too_many_sessions`, `workflow_not_runnable` */
  open(request: OpenRequest): Promise<OpenAnswer>;
  /** @throws EngineError `session_not_found`, `session_busy`, `idempotency_key_reused` */
  command(request: CommandRequest): Promise<TurnAnswer>;
  /** @throws EngineError `session_not_found` */
  view(sessionId: string, workspaceId: string): Promise<SessionAnswer>;
  /** Sessions of a workspace, the latest first. */
  list(query: SessionListQuery): Promise<Page<SessionAnswer>>;
  /**
   * Goes on after a wait. A session or timer that is gone is no error, nor is one that is busy: a turn goes
   * on with the waits that are over when it ends.
   */
  fireTimer(sessionId: string, timerId: string): Promise<void>;
  /**
   * Looks after a session that nobody asks about: what broke off with its replica goes on, and it
   * expires when its time is over. One that is gone, or busy, is no error.
   */
  tend(sessionId: string): Promise<void>;
  /**
   * Asks a person again who has not answered. `sequence` is that of the session when the reminder was
   * set: one that has gone on since is left alone, as is one that is gone or busy.
   */
  remind(sessionId: string, sequence: number): Promise<void>;
  /** A question by itself, as it is asked just now; null where there is no such session. */
  question(sessionId: string, questionId: string): Promise<AskedQuestion | null>;
  /** Keeps a journey at hand, so that the first turn on it need not read it. */
  remember(journey: Journey): void;
  /**
   * The journey that a session runs.
   * @throws EngineError `workflow_not_runnable` where it is kept no more
   */
  journeyOf(session: Pick<SessionRecord, 'journeyId' | 'journeyVersion'>): Promise<Journey>;
  /** Takes no more, and resolves when what is under way is written. */
  close(): Promise<void>;
}

/** An engine over these ports. It keeps no session between turns, so any replica takes any turn. */
export function createEngine(ports: EnginePorts): Engine {
  const journeys = createJourneyCache(ports.journeys);
  const running = new Set<Promise<unknown>>();
  const underWay = createUnderWay(ports.bus, ports.log);
  let closing = false;

  const track = <T>(work: Promise<T>): Promise<T> => {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    running.add(settled);
    void settled.then(() => running.delete(settled));
    return work;
  };
  const refuseWhenClosing = () => {
    if (closing) {
      throw new EngineError('shutting_down', 'This replica is shutting down. Try again at once.');
    }
  };

  const desk = { ports, journeys, underWay, lines: createLines(), track };
  const command = async (request: CommandRequest): Promise<TurnAnswer> => {
    refuseWhenClosing();
    return track(takeCommand(desk, request));
  };

  return {
    command,
    open: async (request) => {
      refuseWhenClosing();
      const { answer, ready } = await track(openSession(ports, request));
      journeys.remember(request.journey);
      if (!ready || request.autoStart !== true) return answer;
      const { sessionId } = answer;
      const input = { kind: 'act', action: 'start', parameters: {} } as const;
      const started = await command({ sessionId, workspaceId: request.workspaceId, input });
      return {
        ...answer,
        welcomeMessage: `${answer.welcomeMessage}\n${started.agentResponse}`,
        state: started.state,
      };
    },
    view: async (sessionId, workspaceId) => {
      const { record: session } = await loadOrThrow(ports, { sessionId, workspaceId });
      return sessionAnswer(session, await journeys.get(session));
    },
    list: async (query) => {
      const page = await ports.sessions.list(query);
      const items = await Promise.all(
        page.items.map(async (session) => sessionAnswer(session, await journeys.get(session))),
      );
      return { items, nextCursor: page.nextCursor };
    },
    fireTimer: (sessionId, timerId) => {
      const input = { kind: 'timer', timerId: timerId as `tmr_${string}` } as const;
      return quietly(
        () => command({ sessionId, workspaceId: null, input }),
        ['session_not_found', 'session_busy'],
      );
    },
    tend: (sessionId) =>
      quietly(
        () => command({ sessionId, workspaceId: null, input: { kind: 'tend' } }),
        ['session_not_found', 'session_busy'],
      ),
    remind: (sessionId, sequence) =>
      quietly(
        () => command({ sessionId, workspaceId: null, input: { kind: 'remind', sequence } }),
        ['session_not_found', 'session_busy'],
      ),
    question: (sessionId, questionId) =>
      askedQuestion(ports.sessions, journeys, sessionId, questionId),
    remember: (journey) => journeys.remember(journey),
    journeyOf: (session) => journeys.get(session),
    close: async () => {
      closing = true;
      await Promise.all(running);
      await underWay.close();
    },
  };
}

/** Does work of the system, for which these refusals are no news. */
async function quietly(
  work: () => Promise<unknown>,
  expected: readonly EngineErrorCode[],
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof EngineError && expected.includes(error.code))) throw error;
  }
}
