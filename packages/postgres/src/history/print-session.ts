import type { SessionState } from '@sim/domain';
import type { StoredEvent, Turn } from '@sim/engine';
import { describeEvent, describeQuestion, type Telling } from './describe-event.js';
import { kindOf, printable, shown } from './printable.js';
import type { JournaledRun, SessionHistory, TimerJob } from './session-history.js';
import { isState, type Check } from './verify-session.js';

/** Takes the history part by part: as lines to read, or as records of JSON. */
export interface Printer {
  section(title: string): void;
  /** Only for people: what the facts tell already. */
  line(text: string): void;
  item(kind: string, facts: Readonly<Record<string, unknown>>, line: string): void;
}

/** Lines for a person. */
export function linePrinter(print: (line: string) => void): Printer {
  return {
    section: (title) => print(`\n${title}`),
    line: print,
    item: (_kind, _facts, line) => print(line),
  };
}

/** One JSON object on a line for each thing, its `kind` first. */
export function jsonPrinter(print: (line: string) => void): Printer {
  return {
    section: () => undefined,
    line: () => undefined,
    item: (kind, facts) => print(JSON.stringify({ kind, ...facts })),
  };
}

/**
 * Prints a session: head, time line, journal, and what is open. Without `texts` what people said and what
 * blocks put out is told by its length alone.
 */
export async function printSession(
  history: SessionHistory,
  printer: Printer,
  { texts }: { readonly texts: boolean },
): Promise<void> {
  const labels = new Map<string, string>(
    history.journey?.states.map(({ id, label }) => [id, `"${printable(label)}"`]),
  );
  const telling: Telling = { texts, label: (id) => labels.get(id) ?? id };
  printHead(history, printer);
  printer.section('Time line');
  await printTimeLine(history, printer, telling);
  printer.section('Block runs');
  for await (const run of history.runs()) printRun(run, printer, telling);
  printer.section('Open');
  const { state } = history.record;
  if (isState(state)) printOpen(state, await history.timerJobs(), printer, telling);
  else printer.item('damaged', {}, `  The stored state is damaged: ${kindOf(state)}.`);
}

function printHead({ record, columns, journey, readAt }: SessionHistory, printer: Printer): void {
  printer.item('session', headFacts(record, columns, readAt), `Session ${record.sessionId}`);
  const lines: [string, string][] = [
    ['workflow', record.workflowId],
    ['journey', `${record.journeyId}, version ${record.journeyVersion.slice(0, 12)}`],
    ['', journey === null ? 'not stored any more' : `"${printable(journey.name)}"`],
    ['workspace', record.workspaceId],
    ['person', record.userId],
    ['status', `${columns.executionStatus} at ${columns.currentStateId ?? 'no state'}`],
    ['version', String(record.version)],
    ['lease', leaseOf(record, readAt)],
    ['opened', record.createdAt.toISOString()],
    ['changed', record.updatedAt.toISOString()],
    ['expires', record.expiresAt.toISOString()],
  ];
  for (const [name, value] of lines) printer.line(`  ${name.padEnd(11)}${printable(value, 200)}`);
}

/** Without the metadata, which are the client's own. */
function headFacts(
  record: SessionHistory['record'],
  columns: SessionHistory['columns'],
  readAt: Date,
): Readonly<Record<string, unknown>> {
  return {
    sessionId: record.sessionId,
    workspaceId: record.workspaceId,
    workflowId: record.workflowId,
    journeyId: record.journeyId,
    journeyVersion: record.journeyVersion,
    userId: record.userId,
    ...columns,
    version: record.version,
    leaseOwner: record.leaseOwner,
    leaseExpiresAt: record.leaseExpiresAt,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    expiresAt: record.expiresAt,
    readAt,
  };
}

function leaseOf({ leaseOwner, leaseExpiresAt }: SessionHistory['record'], readAt: Date): string {
  if (leaseOwner === null || leaseExpiresAt === null) return 'none: no turn is at work';
  const lapsed = leaseExpiresAt <= readAt ? ', lapsed: the turn broke off' : '';
  return `${leaseOwner} until ${leaseExpiresAt.toISOString()}${lapsed}`;
}

/** Turns and events by their times, each in its own order; of the same moment the events first. */
async function printTimeLine(
  history: SessionHistory,
  printer: Printer,
  telling: Telling,
): Promise<void> {
  const turns = history.turns()[Symbol.asyncIterator]();
  let turn = await turns.next();
  const printTurnsBefore = async (moment: Date | null): Promise<void> => {
    while (turn.done !== true && (moment === null || turn.value.createdAt < moment)) {
      printTurn(turn.value, printer, telling);
      turn = await turns.next();
    }
  };
  for await (const event of history.events()) {
    await printTurnsBefore(event.createdAt);
    printEvent(event, printer, telling);
  }
  await printTurnsBefore(null);
}

function printTurn(turn: Turn, printer: Printer, { texts }: Telling): void {
  const { turnId, speaker, content, intent, confidence, workflowAction, idempotencyKey } = turn;
  const at = turn.createdAt.toISOString();
  const facts = { turnId, at, speaker, intent, confidence, workflowAction };
  const told = { length: content.length, ...(texts && { content }) };
  const action = workflowAction === null ? '' : `, ${workflowAction}`;
  const keyed = idempotencyKey === null ? '' : ', under a key';
  const line = `  ${at}  turn   ${speaker}: ${shown(content, texts)}${action}${keyed}`;
  printer.item('turn', { ...facts, ...told, keyed: idempotencyKey !== null }, line);
}

function printEvent(stored: StoredEvent, printer: Printer, telling: Telling): void {
  const { sequence, event, nodeId, durationMs } = stored;
  const at = stored.createdAt.toISOString();
  const detail = describeEvent(event, telling);
  const facts = { sequence, at, type: event.type, nodeId, durationMs, detail };
  const number = `#${sequence}`.padEnd(7);
  printer.item(
    'event',
    { ...facts, ...(telling.texts && { event }) },
    `  ${at}  ${number}${printable(event.type)}${detail === '' ? '' : `: ${detail}`}`,
  );
}

function printRun(run: JournaledRun, printer: Printer, { label, texts }: Telling): void {
  const { error, ...facts } = run;
  const told =
    error === null ? null : { code: error.code, ...(texts && { message: error.message }) };
  const took =
    run.finishedAt === null ? '' : ` in ${run.finishedAt.getTime() - run.startedAt.getTime()} ms`;
  const why = error === null ? '' : `, ${printable(error.code)}`;
  const outcome = `${run.status}${took}${why}`;
  const what = `${printable(run.blockType)} ${label(run.stateId)}, attempt ${run.attempt}`;
  const line = `  ${run.startedAt.toISOString()}  ${run.runId}: ${what}: ${outcome}, key ${run.idempotencyKey}`;
  printer.item('run', { ...facts, error: told }, line);
}

function printOpen(
  state: SessionState,
  jobs: readonly TimerJob[] | null,
  printer: Printer,
  { label }: Telling,
): void {
  const open = [state.questions, Object.values(state.runs), Object.values(state.timers)];
  if (open.every(({ length }) => length === 0)) printer.line('  nothing');
  for (const question of state.questions) {
    const { id, kind, scopeId, stateId } = question;
    const about = safely(() => describeQuestion(question));
    const line = `  ${printable(id)}: ${printable(about, 200)}, ${label(stateId)}`;
    printer.item('question', { id, questionKind: kind, scopeId, stateId, about }, line);
  }
  for (const { id, scopeId, stateId, attempt } of Object.values(state.runs)) {
    const line = `  ${printable(id)}: runs ${label(stateId)}, attempt ${attempt}`;
    printer.item('open-run', { runId: id, scopeId, stateId, attempt }, line);
  }
  for (const { id, scopeId, stateId, fireAt } of Object.values(state.timers)) {
    const job = jobs?.find(({ timerId }) => timerId === id) ?? null;
    const queued = jobs === null ? 'queue not readable' : jobOf(job);
    const line = `  ${printable(id)}: waits until ${printable(fireAt)}, ${label(stateId)}, ${queued}`;
    printer.item('timer', { timerId: id, scopeId, stateId, fireAt, job }, line);
  }
}

function jobOf(job: TimerJob | null): string {
  if (job === null) return 'no job';
  return `job for ${job.runAt.toISOString()}, tried ${job.attempts} of ${job.maxAttempts} times`;
}

function safely(describe: () => string): string {
  try {
    return describe();
  } catch {
    return 'damaged';
  }
}

/** Prints what {@link Check}s found. */
export function printChecks(checks: readonly Check[], printer: Printer): void {
  printer.section('Verified');
  for (const { name, outcome, details } of checks) {
    const lines = [
      `  ${outcome.padEnd(9)}${name}`,
      ...details.map((detail) => `           ${detail}`),
    ];
    printer.item('check', { name, outcome, details }, lines.join('\n'));
  }
}
