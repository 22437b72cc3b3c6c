import { join } from 'node:path';
import { createWorkflowStore } from '@sim/postgres';
import { newId } from '@sim/service-kit';
import { freePort } from '../net/ports.js';
import type { FaultsOptions, PhaseName } from './arguments.js';
import { createPatientClient, type Traffic } from './client.js';
import { converse, type Acknowledged, type Conversation } from './conversation.js';
import { disturb, type Disturbed } from './disturb.js';
import { comesToRest, readEvidence } from './evidence.js';
import { holdProcesses } from './held-processes.js';
import { judge, type Verdict } from './judge.js';
import { createRandom } from './random.js';
import { startReplica, type Replica } from './replica.js';
import type { Stage } from './stage.js';
import { startToolServer } from './tool-server.js';
import { drawScript, faultsWorkflow } from './workflow.js';

/** What came of a phase. */
export interface PhaseReport extends Verdict, Disturbed {
  readonly phase: PhaseName;
  readonly requests: number;
  /** Requests that were sent again, by why. */
  readonly again: Readonly<Record<string, number>>;
  /** Questions what is to become of a failed block, which the client answered with "retry". */
  readonly repairs: readonly string[];
  readonly seconds: number;
}

const REPLICAS = 2;

/** The replicas of a run. */
export interface Fleet {
  readonly replicas: readonly Replica[];
  end(): Promise<void>;
}

/** Starts two replicas, and holds as many processes ready to take their place. */
export async function startFleet({ folder, env }: Stage): Promise<Fleet> {
  const logFile = join(folder, 'replicas.log');
  const processes = holdProcesses({ env, logFile, count: REPLICAS });
  const replicas = await Promise.all(
    Array.from({ length: REPLICAS }, async () => startReplica(await freePort(), processes)),
  );
  const end = async (): Promise<void> => {
    await Promise.all([processes.end(), ...replicas.map((replica) => replica.end())]);
  };
  return { replicas, end };
}

/** Runs one phase on a stage: conversations, disturbances, and the comparison after them. */
export async function runPhase(
  stage: Stage,
  { replicas }: Fleet,
  phase: PhaseName,
  options: FaultsOptions,
): Promise<PhaseReport> {
  const startedAt = performance.now();
  const tools = await startToolServer(createRandom(`${options.seed}:${phase}:tools`));
  const workflowId = await storeWorkflow(stage, faultsWorkflow(tools.origin));
  const crashedBefore = new Set(replicas.flatMap(({ crashes }) => crashes));
  try {
    await Promise.all(replicas.map((replica) => replica.serves()));
    const acknowledged: Acknowledged[] = [];
    const progress = () => acknowledged.length;
    const disturbances = disturb({ ...options, ...stage, phase, replicas, progress });
    const talk = await converseAll(stage, phase, options, { replicas, workflowId, acknowledged });
    await disturbances.end();
    const left = await comesToRest(stage.database, workflowId);
    const stored = await readEvidence(stage.database, workflowId);
    const crashes = replicas
      .flatMap((replica) => replica.crashes)
      .filter((crash) => !crashedBefore.has(crash));
    const verdict = judge({ ...talk, ...stored, calls: tools.calls, crashes });
    return {
      phase,
      ...verdict,
      faults: [...verdict.faults, ...left],
      ...disturbances.done,
      ...talk.traffic,
      repairs: talk.repairs,
      seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    };
  } finally {
    await tools.close();
  }
}

async function storeWorkflow({ database, person }: Stage, document: object): Promise<string> {
  const { id } = await createWorkflowStore(database).create({
    ...{ id: newId('wf'), workspaceId: person.workspaceId, createdBy: person.userId },
    ...{ name: 'Faults', description: null, now: new Date() },
    content: {
      bytes: new TextEncoder().encode(JSON.stringify(document)),
      contentType: 'application/json',
      document: null,
      sourceId: null,
    },
  });
  return id;
}

/** Keeps as many sessions under way as asked for, until so many turns were acknowledged. */
async function converseAll(
  { token }: Stage,
  phase: PhaseName,
  { sessions, turns, seed, patienceMs }: FaultsOptions,
  {
    replicas,
    workflowId,
    acknowledged,
  }: { replicas: readonly Replica[]; workflowId: string; acknowledged: Acknowledged[] },
) {
  const traffic: Traffic = { requests: 0, again: {} };
  const conversations: Conversation[] = [];
  const repairs: string[] = [];
  let begun = 0;
  const [first = '', ...others] = replicas.map(({ origin }) => origin);
  const next = async (): Promise<void> => {
    begun += 1;
    const ref = `${phase}-${begun}`;
    const random = createRandom(`${seed}:${ref}`);
    const client = createPatientClient({ origins: [first, ...others], token, random, traffic });
    const conversation = await converse(drawScript(ref, random), {
      ...{ client, workflowId, random, patienceMs },
      acknowledged: (turn) => acknowledged.push(turn),
      repaired: (id, prompt) => repairs.push(`${id}: ${prompt}`),
    });
    await client.close();
    conversations.push(conversation);
    // Where sessions fail, more of them would not help.
    const enough = acknowledged.length - conversations.length >= turns;
    if (conversation.failure === null && !enough) await next();
  };
  await Promise.all(Array.from({ length: sessions }, next));
  return { traffic, acknowledged, conversations, repairs };
}
