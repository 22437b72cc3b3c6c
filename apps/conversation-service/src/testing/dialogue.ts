import type { Action, JsonObject } from '@sim/domain';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, BodyOf, CallOptions, ContractClient } from './contract-client.js';
import type { Person } from './people.js';

/** Where a session stands. */
export type State = BodyOf<'getSessionState'>['state'];
/** An answer to something said or done. */
export type Reply = BodyOf<'sendCommand'>;

/** A session under test, from the side of the person who talks. */
export interface Dialogue {
  readonly sessionId: string;
  /** The answer to the opening. */
  readonly opened: BodyOf<'openSession'>;
  says(text: string, more?: CallOptions): Promise<Reply>;
  does(action: Action, parameters?: JsonObject, more?: CallOptions): Promise<Reply>;
  /** Like {@link Dialogue.says}, refusals too. */
  trySaying(text: string, more?: CallOptions): Promise<Answer<'sendCommand'>>;
  state(): Promise<State>;
  /** Resolves with the state once it is as wanted. @throws NeverReachedError */
  reaches(wanted: State['executionStatus'] | ((state: State) => boolean)): Promise<State>;
  /** The same session, talked to at another replica. */
  at(call: ContractClient): Dialogue;
}

/** Generous, for machines with much to do: nothing depends on how soon it is. */
const PATIENCE_MS = 25_000;
const LOOK_EVERY_MS = 30;

/** A session did not come to what a test waits for. */
export class NeverReachedError extends Error {
  constructor(state: State) {
    super(`The session stayed as it was: ${JSON.stringify(state)}`);
    this.name = 'NeverReachedError';
  }
}

/** Opens a session and holds it. */
export async function openDialogue(
  call: ContractClient,
  { token }: Pick<Person, 'token'>,
  workflowId: string,
  body: JsonObject = {},
): Promise<Dialogue> {
  const { body: opened } = await call('openSession', { token, body: { workflowId, ...body } });
  return dialogue(call, token, opened);
}

function dialogue(call: ContractClient, token: string, opened: BodyOf<'openSession'>): Dialogue {
  const { sessionId } = opened;
  const common = { token, params: { sessionId } };
  const trySaying = (naturalLanguageInput: string, more: CallOptions = {}) =>
    call('sendCommand', { ...common, body: { naturalLanguageInput }, ...more });
  const state = async () => (await call('getSessionState', common)).body.state;
  return {
    sessionId,
    opened,
    trySaying,
    says: async (text, more) => (await trySaying(text, more)).body,
    does: async (action, parameters, more = {}) => {
      const body = { action, ...(parameters && { parameters }) };
      return (await call('performAction', { ...common, body, ...more })).body;
    },
    state,
    reaches: (wanted) =>
      reach(
        state,
        typeof wanted === 'function' ? wanted : ({ executionStatus }) => executionStatus === wanted,
      ),
    at: (other) => dialogue(other, token, opened),
  };
}

async function reach(
  state: () => Promise<State>,
  isReached: (state: State) => boolean,
): Promise<State> {
  const givesUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const current = await state();
    if (isReached(current)) return current;
    if (performance.now() > givesUpAt) throw new NeverReachedError(current);
    await delay(LOOK_EVERY_MS);
  }
}
