import type { ReferenceToken } from '../expressions/references.js';
import type { JourneyState, StateId } from '../journey/types.js';
import { quote, quoteAll } from '../workflow/issue-log.js';
import {
  answers,
  pathAfterError,
  pathPast,
  pathTo,
  pathWithout,
  type Answer,
  type Question,
  type Target,
} from './certainty.js';
import type { Flow } from './flow.js';
import { blockOf, chainOf, type Names, type Reader } from './reading.js';
import { bodyKeyOf, pathText, report, type JourneySurvey } from './survey.js';

/** A reference to a block, and how far it is certain that the block has run. */
export interface BlockReference {
  readonly reader: StateId;
  readonly target: StateId;
  readonly token: ReferenceToken;
  readonly verdict: Verdict;
  /** A path on which the target has not run, or has failed; a real one of the journey. */
  readonly path: () => StateId[];
}

type Verdict =
  | Answer
  /** It may not have run, but of it and others that the same state reads one has. */
  | 'alternative'
  /** A block reads its own output. */
  | 'itself'
  /** A block reads a loop or parallel that it stands in. */
  | 'around'
  /** What is read stands in a loop or parallel that has surely run. */
  | 'inside'
  /** A `while` asks what stands in its own body, the first time before that has run. */
  | 'own-body'
  /** A loop or parallel reads what stands in its own body, which has not run. */
  | 'before-own-body'
  /** A loop asks what not every iteration runs. */
  | 'not-in-every-iteration';

/** Where reader and target meet: states around them, or themselves, that stand side by side. */
interface Meeting {
  readonly token: ReferenceToken;
  readonly reader: Reader;
  readonly block: JourneyState;
  /** Where {@link left} stands in the reader's chain. */
  readonly level: number;
  readonly left: JourneyState;
  readonly right: JourneyState;
}

/** Asks of every reference to a block whether that has surely run. Linear but for {@link answers}. */
export function judgeReferences(
  survey: JourneySurvey,
  flow: Flow,
  readers: readonly Reader[],
  names: ReadonlyMap<string, Names>,
): BlockReference[] {
  const meetings = readers.flatMap((reader) => {
    const workflow = names.get(reader.state.child ?? '');
    return workflow ? reader.tokens.flatMap((token) => meet(token, reader, workflow, survey)) : [];
  });
  const entries = new Map(survey.bodies.map(({ key, entries: first }) => [key, first]));
  const targets = new Map<StateId, Target>();
  const asked = meetings.map((meeting): Asked => {
    const { left, right, block } = meeting;
    const id = left === right ? block.id : right.id;
    const target = targets.get(id) ?? { states: [id] };
    targets.set(id, target);
    const afterBody = left === right ? entries.get(left.id) : undefined;
    return { meeting, reader: left.id, target, ...(afterBody && { afterBody }) };
  });
  const found = answers(flow, asked);
  const judged = asked.map((question) => ({
    question,
    verdict: judge(question.meeting, found.get(question) ?? 'not-before'),
  }));
  const alternatives = findAlternatives(
    flow,
    judged.filter(({ verdict }) => verdict === 'maybe').map(({ question }) => question),
  );
  return judged.map(({ question, verdict: alone }): BlockReference => {
    const { token, reader, block } = question.meeting;
    const verdict = alternatives.has(question) ? 'alternative' : alone;
    const path = () => pathOf(flow, question, verdict);
    return { reader: reader.state.id, target: block.id, token, verdict, path };
  });
}

interface Asked extends Question {
  readonly meeting: Meeting;
}

/** Of references that may find nothing those of which, for their reader, one surely finds its block. */
function findAlternatives(flow: Flow, unsure: readonly Asked[]): ReadonlySet<Asked> {
  const groups = new Map<JourneyState, Map<StateId, Asked[]>>();
  for (const question of unsure) {
    const { reader, block, left, right } = question.meeting;
    // That a loop has run does not say that what stands in it has.
    if (block !== right) continue;
    const byPlace = groups.get(reader.state) ?? new Map<StateId, Asked[]>();
    groups.set(reader.state, byPlace);
    byPlace.set(left.id, byPlace.get(left.id) ?? []);
    byPlace.get(left.id)?.push(question);
  }
  const asked = [...groups.values()].flatMap((byPlace) =>
    [...byPlace].flatMap(([reader, questions]) => {
      const states = [...new Set(questions.flatMap(({ target }) => target.states))];
      const target: Target = { states, areBefore: true };
      return states.length > 1 ? [{ reader, target, questions }] : [];
    }),
  );
  const found = answers(flow, asked);
  return new Set(
    asked
      .filter((group) => ['surely', 'surely-or-failed'].includes(found.get(group) ?? ''))
      .flatMap(({ questions }) => questions),
  );
}

function pathOf(flow: Flow, { meeting, ...question }: Asked, verdict: Verdict): StateId[] {
  const { left, right, reader, level } = meeting;
  if (left !== right) {
    const walk = verdict === 'surely-or-failed' ? pathAfterError : pathWithout;
    return inwards(flow, walk(flow, question), reader, level);
  }
  const path = inwards(flow, pathTo(flow, left.id), reader, level);
  const [entry] = question.afterBody ?? [];
  if (verdict !== 'not-in-every-iteration' || entry === undefined) return path;
  return [...path, ...pathPast(flow, entry, question.target)];
}

function meet(
  token: ReferenceToken,
  reader: Reader,
  names: Names,
  { graph }: JourneySurvey,
): Meeting[] {
  const block = blockOf(token, reader, names);
  const outwards = block && chainOf(block, graph.states);
  if (!outwards) return [];
  const byBody = new Map(outwards.map((state) => [bodyKeyOf(state), state]));
  const level = reader.chain.findIndex((state) => byBody.has(bodyKeyOf(state)));
  const left = reader.chain[level];
  const right = left && byBody.get(bodyKeyOf(left));
  return left && right ? [{ token, reader, block, level, left, right }] : [];
}

function judge({ reader, block, left, right }: Meeting, answer: Answer): Verdict {
  if (reader.state === block) return 'itself';
  if (left === block) return 'around';
  if (left !== right) {
    const isCertain = answer === 'surely' || answer === 'surely-or-failed';
    return block !== right && isCertain ? 'inside' : answer;
  }
  // A loop that asks what stands in its own body.
  if (left.kind !== 'loop' || left.condition === null) return 'before-own-body';
  if (left.loopType === 'while') return 'own-body';
  if (block.parent !== left.id) return 'inside';
  return answer === 'surely' ? 'surely' : 'not-in-every-iteration';
}

/** Goes on along a path into the bodies in which the reader stands. */
function inwards(
  flow: Flow,
  path: readonly StateId[],
  { chain }: Reader,
  level: number,
): StateId[] {
  const inner = chain.slice(0, level).reverse();
  return [...path, ...inner.flatMap(({ id }) => pathTo(flow, id))];
}

/** Reports the references whose block may not have run, or may have failed. */
export function reportReferences(
  survey: JourneySurvey,
  references: readonly BlockReference[],
): void {
  for (const reference of references) {
    const reader = survey.graph.states.get(reference.reader);
    const block = survey.graph.states.get(reference.target);
    if (!reader || !block) continue;
    const along = () => pathText(survey, reference.path());
    const name = quote(block.label);
    const around = block.parent && survey.graph.states.get(block.parent);
    const inside = quote(around ? around.label : block.label);
    const say = (code: Parameters<typeof report>[1], but: () => string) => {
      const reads = `${quote(reader.label)} reads ${quote(reference.token.raw)}`;
      report(survey, code, reader, () => `${reads}, ${but()}.`);
    };
    switch (reference.verdict) {
      case 'surely':
        break;
      case 'surely-or-failed':
        if (readsError(reference.token)) break;
        say('reference_after_error', () => `but ${name} may have failed before it: ${along()}`);
        break;
      case 'maybe':
        say('reference_may_not_run', () => `but ${name} does not run on every path: ${along()}`);
        break;
      case 'not-before':
        say('reference_may_not_run', () => `but ${name} does not come before it: ${along()}`);
        break;
      case 'alternative':
        break;
      case 'itself':
        report(
          survey,
          'reference_may_not_run',
          reader,
          () => `${quote(reader.label)} reads its own output, ${quote(reference.token.raw)}.`,
        );
        break;
      case 'around':
        say(
          'reference_may_not_run',
          () => `but stands inside ${name}, which has not ended by then`,
        );
        break;
      case 'inside':
        say('reference_into_container', () => `which is what the last iteration of ${inside} left`);
        break;
      case 'own-body':
        say('reference_into_container', () => 'which is empty before the first iteration');
        break;
      case 'not-in-every-iteration':
        say('reference_may_not_run', () => `but ${name} does not run on every path: ${along()}`);
        break;
      case 'before-own-body':
        say('reference_may_not_run', () => `but ${name} runs inside it, and so not before it`);
        break;
      default:
        reference.verdict satisfies never;
    }
  }
  reportAlternatives(survey, references);
}

/** Told of once for a reader: it gathers what one of several branches gives. */
function reportAlternatives(survey: JourneySurvey, references: readonly BlockReference[]): void {
  const byReader = new Map<StateId, Set<StateId>>();
  for (const { verdict, reader, target } of references) {
    if (verdict !== 'alternative') continue;
    byReader.set(reader, (byReader.get(reader) ?? new Set<StateId>()).add(target));
  }
  const labelOf = (id: StateId) => survey.graph.states.get(id)?.label ?? id;
  for (const [reader, targets] of byReader) {
    const message = () => {
      const names = quoteAll([...targets].map(labelOf));
      return `${quote(labelOf(reader))} reads ${names}, of which not all run on every path.`;
    };
    report(survey, 'reference_alternatives', survey.graph.states.get(reader) ?? null, message);
  }
}

/** What a block that has failed gives: its output as a whole, and these fields. */
function readsError({ path: [field] }: ReferenceToken): boolean {
  return field === undefined || field === 'error' || field === 'errorCode';
}
