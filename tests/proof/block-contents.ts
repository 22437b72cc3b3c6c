import { CHILD_FIELDS, FORM_FIELDS, VARIABLES, type References } from './arbitrary-references.js';
import type { DraftBlock } from './draft.js';
import type { Json, JsonRecord } from './json.js';

/** What stands in a block: its parameters, and for a container its settings. */
export interface Contents {
  readonly params: JsonRecord;
  readonly data: JsonRecord;
  readonly maxTries: number | null;
}

const WORDS: readonly [string, ...string[]] = [
  'x',
  'total: ',
  ' and ',
  'a < b',
  '</b>',
  '<div class=wide>',
  'ünï',
  '5 > 3',
];

const FAILING: ReadonlySet<string> = new Set(['function', 'api', 'agent', 'mailer', 'ledger']);

/** @param children ids of the workflows that it may call */
export function fill(
  block: DraftBlock,
  references: References,
  children: readonly string[],
): Contents {
  const writer = new Writer(block, references);
  // First, so that the dice last for it.
  const script = FAILING.has(block.type) ? writer.script() : { params: {}, maxTries: null };
  const params = { ...writer.params(children), ...script.params };
  return { params, data: writer.settings(), maxTries: script.maxTries };
}

class Writer {
  readonly #block: DraftBlock;
  readonly #references: References;

  constructor(block: DraftBlock, references: References) {
    this.#block = block;
    this.#references = references;
  }

  params(children: readonly string[]): JsonRecord {
    const { type, throws, ways } = this.#block;
    switch (type) {
      case 'function':
        return { code: this.#code() };
      case 'agent':
        return {
          model: 'fake-model',
          messages: [{ role: 'user', content: this.#text() }],
        };
      case 'api':
        return {
          method: 'GET',
          url: `https://example.test/${this.#text()}`,
          body: this.#json(),
        };
      case 'variables':
        return { variables: this.#assignments() };
      case 'wait':
        return { timeValue: '1', timeUnit: 'seconds' };
      case 'human_in_the_loop':
        return {
          inputFormat: FORM_FIELDS.map((name) => ({ id: name, name, type: 'string' })),
        };
      case 'workflow':
      case 'workflow_input':
        return this.#call(children[throws.pick(Math.max(1, children.length))] ?? '');
      case 'condition':
        return { conditions: this.#conditions() };
      case 'router_v2':
        return {
          context: this.#sureText(),
          routes: ways.map((id) => ({ id, title: id, value: `Route ${id}` })),
        };
      case 'router':
        return { prompt: this.#sureText() };
      case 'response':
        return { dataMode: 'json', data: this.#json(), status: '200' };
      case 'loop':
      case 'parallel':
      case 'note':
      case 'schedule':
        return {};
      default:
        return { to: this.#text(), body: this.#text() };
    }
  }

  settings(): JsonRecord {
    const { type, throws } = this.#block;
    if (type === 'parallel') {
      const batch = throws.chance(40) ? { batchSize: 1 + throws.pick(2) } : {};
      return throws.chance(50)
        ? { parallelType: 'collection', collection: this.#collection(), ...batch }
        : { parallelType: 'count', count: 1 + throws.pick(3), ...batch };
    }
    if (type !== 'loop') return {};
    const loopType = throws.of('for', 'forEach', 'while', 'doWhile', 'forEach', 'while');
    if (loopType === 'for') return { loopType, count: 1 + throws.pick(3) };
    if (loopType === 'forEach') return { loopType, collection: this.#collection() };
    const key = loopType === 'while' ? 'whileCondition' : 'doWhileCondition';
    return { loopType, [key]: this.#loopCondition() };
  }

  #reference(sure = false): string {
    return this.#references.write(this.#block, this.#block.throws, sure);
  }

  #text(): string {
    const { throws } = this.#block;
    const parts = Array.from({ length: 1 + throws.pick(3) }, () =>
      throws.chance(65) ? this.#reference() : throws.of(...WORDS),
    );
    return parts.join('');
  }

  #sureText(): string {
    return `Which? ${this.#block.throws.chance(30) ? this.#reference(true) : ''}`;
  }

  /** Code is of the little language: `return` and a list. */
  #code(): string {
    const { throws } = this.#block;
    const parts = Array.from({ length: 1 + throws.pick(3) }, () => this.#operand());
    if (throws.chance(2)) parts.push('boom()');
    return parts.length === 1 ? `return ${parts[0] ?? ''}` : `return [${parts.join(', ')}]`;
  }

  #operand(): string {
    const { throws } = this.#block;
    if (throws.chance(70)) return this.#reference(true);
    return throws.of('1', '"x"', `"${this.#text()}"`, `\`${this.#text()}\``, '7', 'true');
  }

  /** Most blocks do not fail; those with an error edge do half of the time. */
  script(): { params: JsonRecord; maxTries: number | null } {
    const { throws } = this.#block;
    const maxTries = throws.chance(30) ? 2 + throws.pick(3) : null;
    const isGuarded = this.#references.hasErrorEdge(this.#block);
    // What is tried again may fail before it succeeds.
    if (!throws.chance(isGuarded ? 50 : maxTries === null ? 2 : 40))
      return { params: {}, maxTries };
    const failTimes = isGuarded ? 1 + throws.pick(3) : throws.chance(15) ? 9 : 1;
    const retryable = !throws.chance(isGuarded ? 40 : 10);
    return { params: { failTimes, retryable }, maxTries };
  }

  #json(): string {
    const { throws } = this.#block;
    return throws.of(
      '{"a": 1}',
      `{"a": ${this.#reference(true)}, "b": "${this.#text()}"}`,
      `[${this.#reference(true)}, "${this.#reference()}"]`,
    );
  }

  #assignments(): Json {
    const { throws } = this.#block;
    const names = VARIABLES.filter(
      (name) => throws.chance(70) && this.#references.maySet(name, this.#block),
    );
    // One of its own where it may set none: a block without assignments is a gap.
    return (names.length > 0 ? names : [`only ${this.#block.id}`]).map((name) => ({
      variableId: `var-${name}`,
      variableName: name,
      type: 'plain',
      value: throws.of<Json>('red', this.#reference(true), this.#text(), 4),
      isExisting: true,
    }));
  }

  #call(workflowId: string): JsonRecord {
    const { throws } = this.#block;
    const [topic, amount] = Object.keys(CHILD_FIELDS);
    // In brackets, so that no value is blank or of another type than its field.
    const inputMapping = { [topic!]: `(${this.#text()})`, [amount!]: throws.pick(6) };
    return {
      workflowId,
      inputMapping: throws.chance(50) ? JSON.stringify(inputMapping) : inputMapping,
    };
  }

  #conditions(): Json {
    const { throws, ways, hasElse } = this.#block;
    const conditions = ways.map((id, index) => {
      const isElse = hasElse && index === ways.length - 1;
      const title = isElse ? 'else' : index === 0 ? 'if' : 'else if';
      return { id, title, value: isElse ? '' : this.#expression() };
    });
    return throws.chance(50) ? conditions : JSON.stringify(conditions);
  }

  #expression(depth = 1): string {
    const { throws } = this.#block;
    const kind = throws.pick(100);
    if (kind < 15) return 'true';
    if (kind < 25) return 'false';
    if (kind < 40) return `${this.#reference(true)} > 3`;
    if (kind < 52) return `${this.#reference(true)} === 'x'`;
    if (kind < 62) return `${this.#reference(true)} != null`;
    if (kind < 70) return '<start.n> < 3';
    if (kind < 78) return '<start.flag>';
    if (kind < 83) return `"${this.#reference()}" === "x"`;
    if (kind >= 98) return throws.of('boom()', '<nobody.x> > 1');
    if (depth === 0) return `${this.#reference(true)} <= 2`;
    if (kind < 88) return `!(${this.#expression(0)})`;
    return `${this.#expression(0)} ${throws.of('&&', '||')} ${this.#expression(0)}`;
  }

  #collection(): Json {
    const { throws } = this.#block;
    const kind = throws.pick(100);
    if (kind < 30) return '["x", 2, {"k": [3]}]';
    if (kind < 45) return ['y', 1];
    if (kind < 60) return { k: 1, m: 'two' };
    if (kind < 68) return throws.of('[]', '{}');
    return this.#references.collection(this.#block, throws);
  }

  /** Bounded, whatever else it says. */
  #loopCondition(): string {
    const { throws } = this.#block;
    const bound = `<loop.index> < ${1 + throws.pick(3)}`;
    if (throws.chance(2)) return 'boom()';
    if (throws.chance(30)) return `${bound} && ${this.#expression(0)}`;
    const inner = throws.chance(50) ? this.#references.inside(this.#block, throws) : null;
    return inner === null ? bound : `${bound} && ${inner} != 1`;
  }
}
