import { own, type SessionEvent } from '@sim/domain';
import { kindOf, printable, shown } from './printable.js';

/** How events are told. */
export interface Telling {
  /** The name of a state's block. */
  readonly label: (stateId: string) => string;
  /** Whether what people said and what blocks put out is told, or only how much it is. */
  readonly texts: boolean;
}

type Descriptions = {
  readonly [Type in SessionEvent['type']]: (
    event: Extract<SessionEvent, { type: Type }>,
    telling: Telling,
  ) => string;
};

const nothing = (): string => '';

/** What each event says beside its type. */
const DESCRIPTIONS: Descriptions = {
  'session-created': ({ mode, initialInput }) => `${mode}, input: ${namesOf(initialInput)}`,
  'session-started': ({ variables }) => `variables: ${namesOf(variables)}`,
  'scope-opened': ({ scope }, { label }) => {
    const index = scope.index === undefined ? '' : ` ${scope.index}`;
    const around = scope.parent === null ? '' : ` of ${label(scope.parent.stateId)}`;
    return `${scope.kind}${index}${around}, scope ${scope.id}`;
  },
  'scope-closed': ({ scopeId, order }) => `scope ${scopeId}, ${order.length} states done`,
  'body-planned': ({ scopeId, stateId, total }, { label }) =>
    `${label(stateId)}${within(scopeId)}, ${total === null ? 'while a condition holds' : `${total} in all`}`,
  'loop-continued': ({ scopeId, stateId }, { label }) => `${label(stateId)}${within(scopeId)}`,
  'node-prepared': ({ scopeId, stateId, runId }, { label }) =>
    `${label(stateId)}${within(scopeId)}, ${runId}`,
  'user-said': ({ text, intent, confidence }, { texts }) =>
    `${shown(text, texts)}, ${intent} ${confidence.toFixed(2)}`,
  'user-acted': ({ action, parameters }) => `${action}, parameters: ${namesOf(parameters)}`,
  'agent-said': ({ messages }) => messages.map(({ key }) => key).join(', '),
  'question-asked': ({ question }, { label }) =>
    `${question.id}, ${describeQuestion(question)}, ${label(question.stateId)}${within(question.scopeId)}`,
  'slots-filled': ({ questionId, values, focus }, { texts }) =>
    `${questionId}, ${valuesOf(values, texts)}${focus === null ? '' : `, next: ${focus}`}`,
  'slot-passed': ({ questionId, slot }) => `${questionId}, ${slot}`,
  'slot-refused': ({ questionId, slot, reason }) => `${questionId}, ${slot}: ${reason}`,
  'question-closed': ({ questionId, outcome }) => `${questionId}, ${outcome}`,
  'node-started': ({ scopeId, stateId, run }, { label }) =>
    `${label(stateId)}${within(scopeId)}, ${run.id}, attempt ${run.attempt}`,
  'node-completed': (event, { label }) => {
    const failed = event.failed ? ', by its error path' : '';
    const branch = event.branchId === null ? '' : `, branch ${event.branchId}`;
    const effect = event.effectDone ? ', acted outside' : '';
    return `${label(event.stateId)}${within(event.scopeId)}${ofRun(event)}${branch}${failed}${effect}, put out ${kindOf(event.output)}`;
  },
  'node-failed': (event, { label, texts }) => {
    const message = texts ? `: ${event.error.message}` : '';
    const effect = event.effectDone ? ', may have acted outside' : '';
    return `${label(event.stateId)}${within(event.scopeId)}${ofRun(event)}, ${event.error.code}${message}${effect}`;
  },
  'timer-set': ({ timer }, { label }) =>
    `${timer.id} for ${timer.fireAt}, ${label(timer.stateId)}${within(timer.scopeId)}`,
  'timer-fired': ({ timerId }) => timerId,
  'deadline-set': ({ deadline }) => `${deadline.id} for ${deadline.fireAt}`,
  'run-called-off': (event, { label }) =>
    `${label(event.stateId)}${within(event.scopeId)}, ${event.runId}${event.effectDone ? ', may have acted outside' : ''}`,
  'pause-point-reached': ({ scopeId, stateId }, { label }) =>
    `before ${label(stateId)}${within(scopeId)}`,
  reminded: ({ count }) => `for the ${count}. time`,
  rewound: ({ scopeId, toStateId, reset }, { label }) =>
    `to ${label(toStateId)}${within(scopeId)}, ${reset.length} states taken back`,
  restarted: nothing,
  paused: nothing,
  resumed: nothing,
  'mode-switched': ({ mode }) => mode,
  completed: ({ output }) => `put out ${kindOf(output)}`,
  failed: ({ error }, { texts }) => `${error.code}${texts ? `: ${error.message}` : ''}`,
  cancelled: nothing,
  expired: ({ kept }) => (kept ? 'can be reopened' : ''),
  reopened: nothing,
  'journey-changed': ({ from, to, putAnew }) =>
    `${from.journeyVersion.slice(0, 12)} to ${to.journeyVersion.slice(0, 12)}${putAnew ? ', asks anew' : ''}`,
};

/** On one line what an event says beside its type. Takes whatever a row may hold. */
export function describeEvent(event: SessionEvent, telling: Telling): string {
  const describe = own(DESCRIPTIONS, event.type) as
    ((event: SessionEvent, telling: Telling) => string) | undefined;
  if (describe === undefined) return 'of a kind that this release does not know';
  try {
    return printable(describe(event, telling), 300);
  } catch {
    return 'incomplete: its data are damaged';
  }
}

/** What a question is about, without its values. */
export function describeQuestion(
  question: Extract<SessionEvent, { type: 'question-asked' }>['question'],
): string {
  switch (question.kind) {
    case 'slots':
      return `asks for ${question.slots.map(({ name }) => name).join(', ')}`;
    case 'confirmation':
      return `asks for a yes (${question.purpose.type})`;
    case 'repair':
      return `asks what to do about ${question.error.code}`;
    case 'choice':
      return `asks to choose among ${question.options.length}`;
    default:
      return question satisfies never;
  }
}

function within(scopeId: string): string {
  return scopeId === 'root' ? '' : ` in scope ${scopeId}`;
}

function ofRun({ runId, durationMs }: { runId: string | null; durationMs: number }): string {
  return runId === null ? '' : `, ${runId}, ${durationMs} ms`;
}

/** So many names are told of a record. */
const NAMES = 20;

function namesOf(values: object): string {
  const names = Object.keys(values);
  const more = names.length > NAMES ? ` and ${names.length - NAMES} more` : '';
  return names.length === 0 ? 'none' : `${names.slice(0, NAMES).join(', ')}${more}`;
}

function valuesOf(values: Readonly<Record<string, unknown>>, texts: boolean): string {
  const told = Object.entries(values).slice(0, NAMES);
  return told.map(([name, value]) => `${name}: ${shown(value, texts)}`).join(', ');
}
