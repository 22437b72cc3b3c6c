import { understandingContext, type Input, type Understanding } from '@sim/domain';
import type { SystemInput, TurnInput } from './ports.js';
import type { Asked, Command, TurnWork } from './turn-work.js';

/** How an utterance is understood where the session stands; null for what is no utterance. */
export async function understand(
  { ports, journey, decider }: TurnWork,
  { input, timeZone }: Command,
): Promise<Understanding | null> {
  if (input.kind !== 'say') return null;
  const context = understandingContext(
    journey,
    decider.state,
    ports.clock().toISOString(),
    timeZone ?? decider.state.execution.timeZone ?? ports.settings.timeZone,
  );
  return ports.understanding.understand(input.text, context);
}

/** True for what the service does by itself. */
export function isOfSystem(input: TurnInput): input is SystemInput {
  return input.kind === 'timer' || input.kind === 'tend' || input.kind === 'remind';
}

/** A command as a session of so many events takes it; null where it asks for nothing. */
export function inputOf(
  { command, repeated, understanding }: Asked,
  sequence: number,
): Input | null {
  const { input, idempotency } = command;
  const key = idempotency === null ? {} : { key: idempotency.key };
  if (input.kind === 'tend') return null;
  // Whatever happened since it was set has set another, or made it needless.
  if (input.kind === 'remind') return sequence === input.sequence ? { type: 'remind' } : null;
  if (input.kind === 'timer') return { type: 'timer-fired', timerId: input.timerId };
  if (repeated) return { type: 'act', action: 'status', parameters: {}, ...key };
  if (input.kind === 'act') {
    const { action, parameters } = input;
    return { type: 'act', action, parameters, ...key };
  }
  return understanding && { type: 'say', text: input.text, understanding, ...key };
}
