import type { TurnAnswer } from '@sim/engine';
import { Counter, Histogram, type Metrics } from '@sim/service-kit';

/** Counts and times the turns of a service. */
export interface TurnMetrics {
  begin(): { answered(answer: TurnAnswer): void; failed(action: string, error: unknown): void };
}

/** Upper bounds in seconds: most turns take milliseconds, some call a model. */
const DURATION_BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const CONFIDENCE_BUCKETS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1];

/** `command_processing_*`, `nlp_*` and `conversational_sessions_total` in an app's registry. */
export function createTurnMetrics({ registry }: Metrics): TurnMetrics {
  const registers = [registry];
  const commands = new Counter({
    name: 'command_processing_total',
    help: 'Commands by what was done and how it ended',
    labelNames: ['action', 'outcome'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'command_processing_duration_seconds',
    help: 'Time from a command to its answer, in seconds',
    buckets: DURATION_BUCKETS,
    registers,
  });
  const understood = new Counter({
    name: 'nlp_requests_total',
    help: 'Utterances understood, by provider',
    labelNames: ['provider', 'outcome'] as const,
    registers,
  });
  const confidence = new Histogram({
    name: 'nlp_confidence_score',
    help: 'How sure the understanding was, 0 to 1',
    buckets: CONFIDENCE_BUCKETS,
    registers,
  });
  return {
    begin: () => {
      const stop = durations.startTimer();
      return {
        answered: ({ workflowAction: action, commandProcessed, nlu }) => {
          stop();
          commands.inc({ action, outcome: commandProcessed ? 'processed' : 'accepted' });
          if (!nlu) return;
          understood.inc({ provider: nlu.provider, outcome: 'understood' });
          confidence.observe(nlu.confidence);
        },
        failed: (action, error) => {
          stop();
          const code = error instanceof Error && 'code' in error ? 'refused' : 'failed';
          commands.inc({ action, outcome: code });
        },
      };
    },
  };
}
