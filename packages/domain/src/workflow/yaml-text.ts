import {
  Composer,
  isAlias,
  isScalar,
  isSeq,
  LineCounter,
  Parser,
  type CST,
  type Document,
  type DocumentOptions,
  type ParsedNode,
  type ParseOptions,
  type SchemaOptions,
} from 'yaml';
import { setOwn, type JsonValue } from '../json.js';
import { quote } from './issue-log.js';

/** Longer texts are refused: reading YAML costs about a second per million characters. */
const MAX_LENGTH = 1_000_000;

/** Nested deeper, the composer of the library would exhaust the stack. */
const MAX_DEPTH = 200;

/** Values that aliases may repeat, all together; a "billion laughs" stands for 10⁹. */
const MAX_REPEATED = 100_000;

/** Why a YAML text is not read. */
export interface YamlFault {
  readonly code: 'yaml_invalid' | 'unpacks_too_large' | 'too_deep';
  /** One sentence. */
  readonly message: string;
}

/** The JSON value that a YAML 1.2 text stands for, or why it is not read; bounded, never throws. */
export type ReadYaml = { readonly value: JsonValue } | YamlFault;

/** Reads one YAML document: core schema, no tags, no merge keys, aliases within bounds. */
export function readYaml(text: string): ReadYaml {
  if (text.length > MAX_LENGTH) {
    const message = `The YAML text is ${text.length} characters long; ${MAX_LENGTH} are taken.`;
    return { code: 'unpacks_too_large', message };
  }
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  if (isDeep(tokens)) {
    const message = `The YAML text is nested more than ${MAX_DEPTH} levels deep.`;
    return { code: 'too_deep', message };
  }
  try {
    return convert([...new Composer(OPTIONS).compose(tokens, true, text.length)], lines);
  } catch {
    // The composer throws where a directive is beyond it.
    return { code: 'yaml_invalid', message: 'The YAML text cannot be read.' };
  }
}

/** Looking for equal keys is quadratic in the library, so it is done here. */
const OPTIONS = {
  schema: 'core',
  customTags: [],
  merge: false,
  uniqueKeys: false,
  resolveKnownTags: false,
  logLevel: 'silent',
} satisfies ParseOptions & DocumentOptions & SchemaOptions;

/** Whether collections stand too deep in one another. Without recursion. */
function isDeep(tokens: readonly CST.Token[]): boolean {
  const stack: { token: CST.Token | null | undefined; depth: number }[] = [];
  for (const token of tokens) {
    if (token.type === 'document') stack.push({ token: token.value, depth: 1 });
  }
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { token, depth } = next;
    if (!token || !('items' in token)) continue;
    if (depth > MAX_DEPTH) return true;
    for (const item of token.items) {
      if (item.key) stack.push({ token: item.key, depth: depth + 1 });
      if (item.value) stack.push({ token: item.value, depth: depth + 1 });
    }
  }
  return false;
}

function convert(documents: readonly Document.Parsed[], lines: LineCounter): ReadYaml {
  const [document, second] = documents;
  const error = document?.errors[0];
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    const message = `The YAML text is broken at line ${line}, column ${col}: ${sentence(error.message)}`;
    return { code: 'yaml_invalid', message };
  }
  if (second) {
    const message = 'The YAML text holds several documents; one is taken.';
    return { code: 'yaml_invalid', message };
  }
  const conversion = new Conversion(lines);
  const value = conversion.convert(document?.contents ?? null);
  return conversion.fault ?? { value };
}

const sentence = (text: string): string => `${text.replace(/[.\s]+$/, '').slice(0, 160)}.`;

/** Nodes to JSON; recursion is bounded by {@link MAX_DEPTH}, and so is what aliases repeat. */
class Conversion {
  readonly #lines: LineCounter;
  readonly #anchors = new Map<string, { value: JsonValue; size: number }>();
  #size = 0;
  #repeated = 0;
  fault: YamlFault | null = null;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  convert(node: ParsedNode | null): JsonValue {
    if (node === null || this.fault) return null;
    const before = this.#size;
    const value = this.#valueOf(node);
    // An anchor is known from its end on, so that nothing can hold itself.
    if (!isAlias(node) && node.anchor !== undefined) {
      this.#anchors.set(node.anchor, { value, size: this.#size - before });
    }
    return value;
  }

  #valueOf(node: ParsedNode): JsonValue {
    this.#size += 1;
    if (isScalar(node)) return scalar(node.value);
    if (isAlias(node)) return this.#repeat(node.source, node.range[0]);
    if (isSeq(node)) return node.items.map((item) => this.convert(item));
    const record: Record<string, JsonValue> = {};
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? keyOf(scalar(key.value)) : null;
      if (name === null) {
        this.#stop(key.range[0], 'A key is a list or map, as in {{NAME}} without quotes');
        break;
      }
      if (Object.hasOwn(record, name)) {
        this.#stop(key.range[0], `The key ${quote(name)} stands there twice`);
        break;
      }
      setOwn(record, name, this.convert(value));
    }
    return record;
  }

  #repeat(source: string, offset: number): JsonValue {
    const anchored = this.#anchors.get(source);
    if (!anchored) {
      this.#stop(offset, `The alias ${quote(source)} stands for nothing`);
      return null;
    }
    this.#size += anchored.size;
    this.#repeated += anchored.size;
    if (this.#repeated > MAX_REPEATED) {
      const message = `The aliases of the YAML text stand for more than ${MAX_REPEATED} values.`;
      this.fault = { code: 'unpacks_too_large', message };
      return null;
    }
    return anchored.value;
  }

  #stop(offset: number, what: string): void {
    const { line, col } = this.#lines.linePos(offset);
    const message = `${what}, at line ${line}, column ${col} of the YAML text.`;
    this.fault ??= { code: 'yaml_invalid', message };
  }
}

function scalar(value: unknown): JsonValue {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

/** Keys are texts in JSON: `7` and `true` as they read, nothing as the empty one. */
const keyOf = (value: JsonValue): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? '').replace('""', '');
