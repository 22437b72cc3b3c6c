import type { Journey, SessionState } from '@sim/domain';
import type { JourneyMapping, SessionCommit, SessionRecord, StoredEvent, Turn } from '@sim/engine';
import type { Database } from '../connection/database.js';
import { createJourneyStore } from '../journeys/journey-store.js';
import { authUsers } from '../schema/index.js';
import { createWorkflowStore, type WorkflowContent } from '../workflows/workflow-store.js';
import { createWorkspaceStore } from '../workspaces/workspace-store.js';

/** A moment in whole milliseconds that tests agree on. */
export const NOON = new Date('2026-03-01T12:00:00.000Z');

/** A moment so many milliseconds after {@link NOON}. */
export function after(ms: number): Date {
  return new Date(NOON.getTime() + ms);
}

/** Content that is JSON itself. */
export function jsonContent(value: unknown, sourceId: string | null = null): WorkflowContent {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return { bytes, contentType: 'application/json', document: null, sourceId };
}

/** A journey with nothing in it. */
export function journeyOf(version: string): Journey {
  return {
    id: `jrn_${version}`,
    version,
    mapperVersion: '1',
    name: 'Refund',
    description: null,
    initial: null,
    states: [],
    transitions: [],
    variables: [],
  };
}

/** A mapping of the first version of a workflow. */
export function mappingOf(workflowId: string, journey: Journey): JourneyMapping {
  return {
    workflowId,
    workflowVersion: 1,
    journey,
    provenance: {
      nodeStateMappings: {},
      edgeTransitionMappings: {},
      contextVariableMappings: {},
      leftOut: [],
      coverage: 1,
    },
    issues: [],
  };
}

/** Stores a person and a workspace that is theirs: `usr_<name>` and `ws_<name>`. */
export async function seedWorkspace(database: Database, name: string): Promise<void> {
  const userId = `usr_${name}`;
  await database.db
    .insert(authUsers)
    .values({ id: userId, name, email: `${name}@example.com` })
    .onConflictDoNothing();
  await createWorkspaceStore(database).create({
    id: `ws_${name}`,
    name: `${name}'s workspace`,
    slug: name,
    ownerId: userId,
    memberId: `mem_${name}`,
    now: NOON,
  });
}

/** Stores a workspace with a workflow, `wf_<name>`, and its journey, `jrn_<name>`. */
export async function seedWorkflow(database: Database, name: string): Promise<void> {
  await seedWorkspace(database, name);
  await createWorkflowStore(database).create({
    id: `wf_${name}`,
    workspaceId: `ws_${name}`,
    name: 'Refund',
    description: null,
    content: jsonContent({ blocks: [] }),
    createdBy: `usr_${name}`,
    now: NOON,
  });
  await createJourneyStore(database).saveMapping(mappingOf(`wf_${name}`, journeyOf(name)), NOON);
}

/** A state that waits for an answer. */
export function stateOf(changes: Partial<SessionState> = {}): SessionState {
  return {
    status: 'waiting-for-input',
    sequence: 0,
    config: {
      communicationStyle: 'friendly',
      verbosityLevel: 'normal',
      showProgress: true,
      explainSteps: false,
      askForConfirmation: true,
      provideSuggestions: true,
    },
    mode: 'conversational',
    initialInput: {},
    scopes: {},
    variables: {},
    questions: [],
    runs: {},
    timers: {},
    counter: 0,
    output: null,
    error: null,
    lastMessages: [],
    ...changes,
  } as SessionState;
}

/** A session of what {@link seedWorkflow} stored under this name. */
export function recordOf(
  name: string,
  id: string,
  changes: Partial<SessionRecord> = {},
): SessionRecord {
  return {
    sessionId: `ses_${id}`,
    workflowId: `wf_${name}`,
    journeyId: `jrn_${name}`,
    journeyVersion: name,
    userId: `usr_${name}`,
    workspaceId: `ws_${name}`,
    metadata: {},
    state: stateOf(),
    version: 0,
    leaseOwner: null,
    leaseExpiresAt: null,
    createdAt: NOON,
    updatedAt: NOON,
    expiresAt: after(1_800_000),
    ...changes,
  };
}

/** A turn of the person. */
export function turnOf(id: string, changes: Partial<Turn> = {}): Turn {
  return {
    turnId: `trn_${id}`,
    speaker: 'user',
    content: `said in ${id}`,
    intent: 'provide-value',
    confidence: 0.9,
    entities: [],
    workflowAction: 'answer',
    idempotencyKey: null,
    answer: null,
    requestHash: null,
    createdAt: NOON,
    ...changes,
  };
}

/** An event that says something. */
export function eventOf(sequence: number, changes: Partial<StoredEvent> = {}): StoredEvent {
  return {
    sequence,
    event: { type: 'user-said', text: `line ${sequence}`, intent: 'greet', confidence: 1 },
    nodeId: null,
    durationMs: null,
    createdAt: NOON,
    ...changes,
  };
}

/** A step that changes nothing but the version. */
export function commitOf(
  sessionId: SessionRecord['sessionId'],
  changes: Partial<SessionCommit> = {},
): SessionCommit {
  return {
    sessionId,
    expectedVersion: 0,
    owner: 'turn-a',
    leaseUntil: null,
    state: stateOf(),
    currentNodeId: 'b1',
    currentStateId: 'st_b1',
    events: [],
    turns: [],
    runsStarted: [],
    runsFinished: [],
    timersStarted: [],
    timersCancelled: [],
    expiresAt: after(3_600_000),
    now: NOON,
    ...changes,
  };
}
