import { setTimeout as delay } from 'node:timers/promises';
import { isJsonObject, type JsonObject, type JsonValue } from '@sim/domain';
import type { PatientClient, Sent } from './client.js';
import type { Random } from './random.js';
import { answersOf, type Script } from './workflow.js';

/** A turn, or an opening, that the service said was done. */
export interface Acknowledged {
  readonly sessionId: string;
  readonly key: string;
  /** As it came. */
  readonly answer: JsonObject;
}

/** How a conversation went. */
export interface Conversation {
  readonly script: Script;
  /** Null where it could not even be opened. */
  readonly sessionId: string | null;
  /** Why it is no completed session, with what it waits for; null where it is one. */
  readonly failure: string | null;
}

export interface ConversationPorts {
  readonly client: PatientClient;
  readonly workflowId: string;
  readonly random: Random;
  readonly patienceMs: number;
  /** Hears of each acknowledgement at once. */
  readonly acknowledged: (turn: Acknowledged) => void;
  /** Hears of each question what is to become of a failed block. */
  readonly repaired: (sessionId: string, prompt: string) => void;
}

const ENDED = ['completed', 'failed', 'cancelled', 'expired'];
const LOOK_AGAIN_MS = { least: 150, most: 500 };
/** Of one conversation; more means that it goes round in a circle. */
const MOST_TURNS = 60;

/** Talks a session through as a well-behaved client would. Never rejects. */
export async function converse(script: Script, ports: ConversationPorts): Promise<Conversation> {
  const givesUpAt = performance.now() + ports.patienceMs;
  let sessionId: string | null = null;
  let state: JsonObject = {};
  try {
    const key = `${script.ref}-open`;
    const opened = await ports.client.send(opening(ports.workflowId, script, key), givesUpAt);
    sessionId = textOf(opened['sessionId']);
    ports.acknowledged({ sessionId, key, answer: opened });
    state = stateIn(opened);
    for (let turns = 0; !ENDED.includes(textOf(state['executionStatus']));) {
      if (performance.now() > givesUpAt) return { script, sessionId, failure: hanging(state) };
      const next = nextMove(state, script, ports.random);
      if (next === null) {
        await delay(ports.random.between(LOOK_AGAIN_MS.least, LOOK_AGAIN_MS.most));
        state = await look(ports, sessionId, givesUpAt);
        continue;
      }
      turns += 1;
      if (turns > MOST_TURNS) return { script, sessionId, failure: `in a circle: ${told(state)}` };
      const asked = awaitingOf(state);
      if (asked['kind'] === 'repair') ports.repaired(sessionId, textOf(asked['prompt']));
      state = await take(ports, sessionId, `${script.ref}-${turns}`, next, givesUpAt);
    }
  } catch (error) {
    return { script, sessionId, failure: `${reasonOf(error)}; ${told(state)}` };
  }
  const done = state['executionStatus'] === 'completed';
  return { script, sessionId, failure: done ? null : told(state) };
}

function opening(workflowId: string, { confirms }: Script, key: string): Sent {
  const conversationalConfig = { askForConfirmation: confirms };
  return { method: 'POST', path: '/sessions', body: { workflowId, conversationalConfig }, key };
}

async function look(
  { client }: ConversationPorts,
  sessionId: string,
  givesUpAt: number,
): Promise<JsonObject> {
  return stateIn(await client.send({ method: 'GET', path: `/sessions/${sessionId}` }, givesUpAt));
}

async function take(
  ports: ConversationPorts,
  sessionId: string,
  key: string,
  { path, body }: Move,
  givesUpAt: number,
): Promise<JsonObject> {
  const sent: Sent = { method: 'POST', path: `/sessions/${sessionId}/${path}`, body, key };
  const answer = await ports.client.send(sent, givesUpAt);
  ports.acknowledged({ sessionId, key, answer });
  // Where blocks are still at work, what comes of them is looked for.
  return answer['commandProcessed'] === true ? stateIn(answer) : look(ports, sessionId, givesUpAt);
}

/** Something said, or done without words. */
export interface Move {
  readonly path: 'commands' | 'actions';
  readonly body: JsonObject;
}

/** What the person does where the session stands so; null where there is nothing but to wait. */
export function nextMove(state: JsonObject, script: Script, random: Random): Move | null {
  if (state['executionStatus'] === 'not-started') return act('start');
  if (state['executionStatus'] === 'paused') return act('resume');
  const { kind, slots, options } = awaitingOf(state);
  if (kind === 'confirmation') return random.chance(0.5) ? say('yes') : act('confirm');
  if (kind === 'repair') return act('retry');
  if (kind === 'choice') return say(textOf(firstOf(options)));
  if (kind !== 'slots') return null;
  const slot = firstOf(slots);
  const name = isJsonObject(slot) ? textOf(slot['name']) : '';
  const value = answersOf(script)[name];
  if (value === undefined) return act('skip');
  return random.chance(0.7) ? say(value) : act('answer', { slot: name, value });
}

const say = (naturalLanguageInput: string): Move => ({
  path: 'commands',
  body: { naturalLanguageInput },
});
const act = (action: string, parameters?: JsonObject): Move => ({
  path: 'actions',
  body: { action, ...(parameters && { parameters }) },
});

function awaitingOf(state: JsonObject): JsonObject {
  const { awaiting } = state;
  return isJsonObject(awaiting) ? awaiting : {};
}

function stateIn(answer: JsonObject): JsonObject {
  return isJsonObject(answer['state']) ? answer['state'] : {};
}

function firstOf(list: JsonValue | undefined): JsonValue | undefined {
  return Array.isArray(list) ? (list as readonly JsonValue[])[0] : undefined;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function hanging(state: JsonObject): string {
  return `it hangs: ${told(state)}`;
}

/** Where a session stands, in a line. */
function told(state: JsonObject): string {
  const { kind = 'nothing', prompt = '' } = awaitingOf(state);
  const at = `${JSON.stringify(state['executionStatus'])} at ${JSON.stringify(state['currentNodeId'])}`;
  const error = state['error'] === undefined ? '' : ` with ${JSON.stringify(state['error'])}`;
  return `${at}, waits for ${JSON.stringify(kind)} ${JSON.stringify(prompt)}${error}`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
