import {
  fakeBlock,
  FAKE_OUTPUTS,
  type Failure,
  type FakeOutputs,
  type FakeOutcome,
} from './fake-blocks.js';
import { isList, isRecord, own, type Json, type JsonRecord } from './json.js';
import { NO_ROUTE } from './failures.js';
import { finder, type Reading } from './find-value.js';
import { blockParams, branchesOf } from './block-params.js';
import { ReferenceFailure, readStructure, type Find } from './raw-references.js';
import {
  formFields,
  readWorkflow,
  type Body,
  type RawBlock,
  type RawEdge,
  type RawWorkflow,
} from './raw-workflow.js';
import {
  iterationPath,
  pathOf,
  type Ambiguity,
  type End,
  type Frame,
  type Instance,
  type Scope,
} from './run-record.js';
import { runLoop, runParallel } from './run-containers.js';
import { summarise, resultsOf, type Run } from './run-summary.js';

/** What a run is not told by its workflow. */
export interface Oracle {
  /** Values for the fields of the start. */
  readonly start: JsonRecord;
  /** Values of `{{NAME}}`. */
  readonly env: JsonRecord;
  /** By router: the routes that are taken, null for no match; see {@link answerAt}. */
  readonly routes: Readonly<Record<string, readonly (string | null)[]>>;
  /**
   * By router: the route that the person picks where none matches and no error edge leads on, as the
   * design has a journey ask then (part B); a router that is not among them fails (part A).
   */
  readonly picks: Readonly<Record<string, string>>;
  /** By form: the answers; see {@link answerAt}. */
  readonly forms: Readonly<Record<string, readonly JsonRecord[]>>;
}

export interface Case {
  readonly document: JsonRecord;
  /** Documents of the workflows that blocks call, by id. */
  readonly children: Readonly<Record<string, JsonRecord>>;
  readonly oracle: Oracle;
}

export interface InterpretOptions {
  /** What the blocks leave that no executor runs. */
  readonly outputs?: Partial<FakeOutputs>;
  /** How the side that is compared words a failure. */
  readonly wording?: (failure: Failure) => Failure;
}

/** The answer for a block at a path: by the sum of the iterations that it stands in. */
export function answerAt<T>(answers: readonly T[] | undefined, path: string): T | undefined {
  if (!answers || answers.length === 0) return undefined;
  const sum = [...path.matchAll(/\[(\d+)\]/g)].reduce((total, [, n]) => total + Number(n), 0);
  return answers[sum % answers.length];
}

/** Runs a workflow as part A of the design has it: the yardstick for the journey. */
export function interpret(given: Case, options: InterpretOptions = {}): Run {
  return new Interpreter(given, options).run();
}

/** What became of a block. */
export type Outcome =
  | { readonly kind: 'done'; readonly output: Json; readonly choice?: string | null }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** Something inside of it ends the run, or what stands around it. */
  | { readonly kind: 'stuck' };

/** A block at work. */
export interface Work {
  readonly scope: Scope;
  readonly block: RawBlock;
  readonly path: string;
  readonly places: Instance['places'];
}

export class Interpreter {
  readonly ends: End[] = [];
  readonly ambiguities: Ambiguity[] = [];
  readonly instances = new Map<string, Instance>();
  readonly attempts = new Map<string, number>();
  readonly readings: Reading[] = [];
  readonly writes: { readonly frame: Frame; readonly name: string; readonly path: string }[] = [];
  readonly #case: Case;
  readonly #outputs: FakeOutputs;
  readonly #wording: (failure: Failure) => Failure;

  constructor(given: Case, options: InterpretOptions) {
    this.#case = given;
    this.#outputs = { ...FAKE_OUTPUTS, ...options.outputs };
    this.#wording = options.wording ?? ((failure) => failure);
  }

  run(): Run {
    const workflow = readWorkflow(this.#case.document, 'chat');
    const frame = { workflow, variables: new Map(workflow.variables) };
    const root = this.open(frame, null, workflow.body(null), '', null);
    this.runScope(root, [], this.#case.oracle.start);
    for (const end of this.ends) end.handledAt ??= '';
    return summarise(this, root);
  }

  open(
    frame: Frame,
    parent: Scope | null,
    body: Body,
    path: string,
    locals: Scope['locals'],
  ): Scope {
    return {
      frame,
      parent,
      body,
      path,
      locals,
      outputs: new Map(),
      states: new Map(),
      inner: new Map(),
    };
  }

  /** Runs a body once, in topological order: a block is come to when all its ways in are decided. */
  runScope(scope: Scope, places: Instance['places'], input: JsonRecord): void {
    const { body, states } = scope;
    const decided = new Map<RawEdge, boolean>();
    const decide = (id: string, isLive: (edge: RawEdge) => boolean) => {
      for (const edge of body.outgoing.get(id) ?? []) decided.set(edge, isLive(edge));
    };
    for (const block of body.blocks) {
      const incoming = body.incoming.get(block.id) ?? [];
      if (incoming.some((edge) => !decided.has(edge))) {
        states.set(block.id, 'stuck');
      } else if (body.entries.has(block.id) || incoming.some((edge) => decided.get(edge))) {
        const outcome = this.#runBlock(scope, block, places, input);
        if (outcome) decide(block.id, (edge) => isTaken(edge, block, outcome));
      } else {
        states.set(block.id, 'skipped');
        decide(block.id, () => false);
      }
    }
  }

  /** Null where the block decides nothing: it ends the run, or something in it does. */
  #runBlock(
    scope: Scope,
    block: RawBlock,
    outer: Instance['places'],
    input: JsonRecord,
  ): Outcome | null {
    const path = pathOf(scope.path, block.id);
    const places = [...outer, { scope, blockId: block.id }];
    const work: Work = { scope, block, path, places };
    const outcome = this.#withRetry(work, input);
    if (outcome.kind === 'stuck') {
      scope.states.set(block.id, 'stuck');
      return null;
    }
    this.instances.set(path, { path, block, places });
    scope.states.set(block.id, outcome.kind);
    if (outcome.kind === 'done') {
      scope.outputs.set(block.id, outcome.output);
      if (block.type !== 'response') return outcome;
      this.#end({ path, kind: 'response', output: outcome.output, failure: null });
      return null;
    }
    if (hasErrorEdge(scope, block)) {
      scope.outputs.set(block.id, this.#outputs.error(outcome.failure));
      return outcome;
    }
    this.#end({ path, kind: 'failure', output: null, failure: outcome.failure });
    return null;
  }

  #end(end: Omit<End, 'handledAt'>): void {
    this.ends.push({ ...end, handledAt: null });
  }

  #withRetry(work: Work, input: JsonRecord): Outcome {
    for (let attempt = 1; ; attempt += 1) {
      this.attempts.set(work.path, attempt);
      const outcome = this.#attempt(work, attempt, input);
      if (outcome.kind !== 'failed') return outcome;
      if (outcome.failure.retryable && attempt < work.block.maxTries) continue;
      return { kind: 'failed', failure: this.#wording(outcome.failure) };
    }
  }

  #attempt(work: Work, attempt: number, input: JsonRecord): Outcome {
    try {
      return this.#perform(work, attempt, input);
    } catch (error) {
      if (error instanceof ReferenceFailure) return { kind: 'failed', failure: error.failure };
      throw error;
    }
  }

  #perform(work: Work, attempt: number, input: JsonRecord): Outcome {
    const { block, scope, path } = work;
    const find = this.finder(scope, block);
    switch (block.type) {
      case 'loop':
        return runLoop(this, work);
      case 'parallel':
        return runParallel(this, work);
      case 'workflow':
      case 'workflow_input':
        return this.#call(work, find);
      case 'human_in_the_loop': {
        const answers = answerAt(entryOf(this.#case.oracle.forms, block.id), path) ?? {};
        return { kind: 'done', output: this.#outputs.form(answers) };
      }
      case 'wait':
        return { kind: 'done', output: this.#outputs.wait() };
      case 'router':
      case 'router_v2':
        return this.#route(work, find);
      default:
        if (block === scope.frame.workflow.start) {
          return { kind: 'done', output: startOutput(block, input) };
        }
        return this.#execute(work, attempt, find);
    }
  }

  #execute({ block, scope, path }: Work, attempt: number, find: Find): Outcome {
    const outcome: FakeOutcome = fakeBlock({
      type: block.type,
      attempt,
      ...(block.type === 'condition' ? branchesOf(block, find) : blockParams(block, find)),
    });
    if (!outcome.ok) return { kind: 'failed', failure: outcome.failure };
    const { frame } = scope;
    for (const [name, value] of Object.entries(outcome.variables ?? {})) {
      frame.variables.set(name, value);
      this.writes.push({ frame, name, path });
    }
    return { kind: 'done', output: outcome.output, choice: outcome.branchId ?? null };
  }

  #route({ block, path, scope }: Work, find: Find): Outcome {
    blockParams(block, find);
    const { routes, picks } = this.#case.oracle;
    const pick = hasErrorEdge(scope, block) ? undefined : entryOf(picks, block.id);
    const route = answerAt(entryOf(routes, block.id), path) ?? pick;
    if (route === undefined) return { kind: 'failed', failure: NO_ROUTE };
    const output = this.#outputs.route(route, routeTitle(route, block, scope.frame.workflow));
    return { kind: 'done', output, choice: route };
  }

  #call({ block, scope, path, places }: Work, find: Find): Outcome {
    const id = own(block.params, 'workflowId');
    const child = typeof id === 'string' ? entryOf(this.#case.children, id) : undefined;
    if (!child) {
      const message = 'The called workflow is missing';
      return { kind: 'failed', failure: { code: 'child_missing', message, retryable: false } };
    }
    const mapping = readStructure(own(block.params, 'inputMapping') ?? {}, find);
    const workflow = readWorkflow(child, 'child');
    const frame = { workflow, variables: new Map(workflow.variables) };
    const inner = this.open(frame, null, workflow.body(null), path, null);
    scope.inner.set(block.id, [inner]);
    const before = this.ends.length;
    this.runScope(inner, places, isRecord(mapping) ? mapping : {});
    const ended = this.takeEnds(before, path, () => true);
    const failure = this.#settleFailures(ended, path);
    if (failure) return { kind: 'failed', failure };
    if (ended.length > 1) this.ambiguities.push({ kind: 'several-results', path });
    const [response] = ended;
    const { result, possible } = resultsOf(inner);
    if (!response && possible.length > 1) this.ambiguities.push({ kind: 'several-results', path });
    const output = this.#outputs.child(workflow.name, response ? response.output : result);
    return { kind: 'done', output };
  }

  /** A container in which something ended: it fails if it has an error edge, else what is around it ends too. */
  settleContainer({ scope, block, path }: Work, endsBefore: number): Outcome | null {
    if (!this.ends.slice(endsBefore).some(({ handledAt }) => handledAt === null)) return null;
    if (!hasErrorEdge(scope, block)) return { kind: 'stuck' };
    const open = this.ends.slice(endsBefore).filter(({ handledAt }) => handledAt === null);
    const failure = this.#settleFailures(open, path);
    if (!failure) return { kind: 'stuck' };
    this.takeEnds(endsBefore, path, ({ kind }) => kind === 'failure');
    return { kind: 'failed', failure };
  }

  /** The first failure of some ends; where it is not sure which comes first, that is noted. */
  #settleFailures(ends: readonly End[], path: string): Failure | null {
    const failures = ends.flatMap(({ failure }) => failure ?? []);
    const [first] = failures;
    if (!first) return null;
    if (failures.length < ends.length) {
      this.ambiguities.push({ kind: 'failure-or-response', path });
    }
    if (failures.some(({ message }) => message !== first.message)) {
      this.ambiguities.push({ kind: 'several-failures', path });
    }
    return { ...first, retryable: false };
  }

  takeEnds(from: number, path: string, which: (end: End) => boolean): End[] {
    const taken = this.ends.slice(from).filter((end) => end.handledAt === null && which(end));
    for (const end of taken) end.handledAt = path;
    return taken;
  }

  finder(scope: Scope, reader: RawBlock): Find {
    return finder(scope, reader, this.#case.oracle.env, (reading) => this.readings.push(reading));
  }

  /** Opens and runs an iteration or branch of a container. */
  iterate(work: Work, locals: NonNullable<Scope['locals']>): Scope {
    const { scope, block, path, places } = work;
    const body = scope.frame.workflow.body(block.id);
    const inner = this.open(scope.frame, scope, body, iterationPath(path, locals.index), locals);
    const known = scope.inner.get(block.id);
    if (known) known.push(inner);
    else scope.inner.set(block.id, [inner]);
    this.runScope(inner, places, {});
    return inner;
  }
}

function entryOf<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function hasErrorEdge(scope: Scope, block: RawBlock): boolean {
  return (scope.body.outgoing.get(block.id) ?? []).some(({ handle }) => handle === 'error');
}

/** Given values, and defaults for the rest. */
function startOutput(start: RawBlock, given: JsonRecord): Json {
  const fields = formFields(start).flatMap((field): [string, Json][] => {
    const name = own(field, 'name');
    return typeof name === 'string'
      ? [[name, own(given, name) ?? own(field, 'value') ?? null]]
      : [];
  });
  return Object.fromEntries(fields);
}

/** Of an older router the name of the block that it leads to. */
function routeTitle(route: string, router: RawBlock, { blocks }: RawWorkflow): string {
  if (router.type === 'router') return blocks.get(route)?.name ?? route;
  const routes = own(router.params, 'routes');
  const found = isList(routes) ? routes.find((each) => own(each, 'id') === route) : undefined;
  const title = own(found, 'title');
  return typeof title === 'string' ? title : route;
}

function isTaken(edge: RawEdge, block: RawBlock, outcome: Outcome): boolean {
  if (edge.handle === 'error') return outcome.kind === 'failed';
  if (outcome.kind !== 'done') return false;
  const choice = outcome.choice ?? null;
  // The older router has no handles: it picks one of its targets.
  if (block.type === 'router') return edge.target === choice;
  if (edge.handle === 'source') return true;
  switch (block.type) {
    case 'condition':
      return edge.handle === `condition-${choice}` && choice !== null;
    case 'router_v2':
      return edge.handle === `router-${choice}` && choice !== null;
    case 'loop':
      return edge.handle === 'loop-end-source';
    case 'parallel':
      return edge.handle === 'parallel-end-source';
    default:
      return false;
  }
}
