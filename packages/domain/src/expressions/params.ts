import { isJsonObject, own, setOwn, type JsonObject, type JsonValue } from '../json.js';
import type { JourneyState } from '../journey/types.js';
import { fillGaps } from '../mapping/gaps.js';
import { fillCode } from './code.js';
import { Gathering, type Lookup, type Resolved } from './resolution.js';
import { paramsOf } from './state-params.js';
import { fillJsonText, fillValue } from './text.js';

/** A block's parameters, ready for its executor. */
export interface ResolvedParams {
  readonly params: JsonObject;
  /** Values of the identifiers in the parameters that are code. */
  readonly bindings: JsonObject;
}

/** How a parameter is read, where it is not plain text. */
type Reading =
  /** Values keep their JSON types; a text that is JSON is taken apart first. */
  | 'structure'
  /** As `structure`, but a text is a JSON template of the author's, whose quotes mean a string. */
  | 'json';

const READINGS: Readonly<Record<string, Readonly<Record<string, Reading>>>> = {
  variables: { variables: 'structure' },
  response: { builderData: 'structure', data: 'json' },
  api: { body: 'json' },
  loop: { items: 'structure' },
  parallel: { items: 'structure' },
  workflow: { inputMapping: 'structure', input: 'structure' },
  workflow_input: { inputMapping: 'structure', input: 'structure' },
  router: { routes: 'structure' },
  router_v2: { routes: 'structure' },
  evaluator: { metrics: 'structure' },
  agent: { messages: 'structure', tools: 'structure', responseFormat: 'structure' },
  guardrails: { piiEntityTypes: 'structure' },
  knowledge: { tagFilters: 'structure', documentTags: 'structure' },
};

/**
 * Resolves the parameters of a state, each by its nature: code is bound, structured values keep their
 * types, everything else is text. A fork's parameters are `{branches: [{id, title, expression}]}`; a
 * branch whose expression reads a field that does not exist carries `unresolved`, the reason, and
 * fails only if it comes to be evaluated. A loop's are `{items}` or `{condition}`, a parallel's `{items}`,
 * a router's its own with `{routes: [{id, title, description}]}`. States without parameters have none.
 * @param answers of the person, in place of what the parameters lack; never read for references
 */
export function resolveParams(
  state: JourneyState,
  lookup: Lookup,
  answers: JsonObject = {},
): Resolved<ResolvedParams> {
  if (state.kind === 'fork') return resolveBranches(state.branches, lookup);
  const gathering = new Gathering(lookup);
  const params: Record<string, JsonValue> = {};
  const bindings: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(paramsOf(state))) {
    if (isCode(state, key)) {
      const bound = fillCode(codeText(value), gathering, '__ref_');
      Object.assign(bindings, bound.bindings);
      setOwn(params, key, bound.code);
    } else {
      const tools = isToolList(state, key) ? readList(value) : null;
      const reading = own(own(READINGS, typeOf(state)) ?? {}, key);
      const filled = tools
        ? tools.map((one, index) => fillTool(one, index, gathering, bindings))
        : reading
          ? fillTyped(value, reading, gathering)
          : fillValue(value, gathering, 'text');
      setOwn(params, key, filled);
    }
  }
  if (state.kind === 'router') params.routes = state.routes.map((route) => ({ ...route }));
  return gathering.finish({ params: fillGaps(params, answers), bindings });
}

function typeOf(state: JourneyState): string {
  return state.kind === 'response' ? 'response' : state.blockType;
}

function isCode(state: JourneyState, key: string): boolean {
  if (state.kind === 'loop') return key === 'condition';
  return state.kind === 'tool' && state.blockType === 'function' && key === 'code';
}

function isToolList(state: JourneyState, key: string): boolean {
  return state.kind === 'tool' && state.blockType === 'agent' && key === 'tools';
}

function readList(value: JsonValue): readonly JsonValue[] | null {
  const list = typeof value === 'string' ? parseJson(value) : value;
  return Array.isArray(list) ? (list as readonly JsonValue[]) : null;
}

/** A tool of an agent may be code, in which references are bound as they are in a function's. */
function fillTool(
  tool: JsonValue,
  index: number,
  gathering: Gathering,
  bindings: Record<string, JsonValue>,
): JsonValue {
  if (!isJsonObject(tool) || typeof tool.code !== 'string') {
    return fillValue(tool, gathering, 'raw');
  }
  const { code, ...others } = tool;
  const bound = fillCode(code, gathering, `__ref_${index}_`);
  Object.assign(bindings, bound.bindings);
  const filled = fillValue(others, gathering, 'raw');
  return { ...(isJsonObject(filled) ? filled : others), code: bound.code };
}

function fillTyped(value: JsonValue, reading: Reading, gathering: Gathering): JsonValue {
  // A text that starts with a marker such as `{{KEY}}` is no JSON.
  if (typeof value !== 'string' || !/^\s*(?:\[|\{(?!\{))/.test(value)) {
    return fillValue(value, gathering, 'raw');
  }
  const parsed = reading === 'structure' ? parseJson(value) : undefined;
  return parsed === undefined
    ? fillJsonText(value, gathering)
    : fillValue(parsed, gathering, 'raw');
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** Old exports keep code as a list of cells. */
function codeText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  return value
    .map((cell: JsonValue) =>
      isJsonObject(cell) && typeof cell.content === 'string' ? cell.content : '',
    )
    .join('\n');
}

function resolveBranches(
  branches: readonly { id: string; title: string; expression: string | null }[],
  lookup: Lookup,
): Resolved<ResolvedParams> {
  const bindings: Record<string, JsonValue> = {};
  const secrets = new Set<string>();
  const resolved = branches.map(({ id, title, expression }, index): JsonObject => {
    if (expression === null) return { id, title, expression };
    const gathering = new Gathering(lookup);
    const bound = fillCode(expression, gathering, `__ref_${index}_`);
    const outcome = gathering.finish(bound);
    if (!outcome.ok) return { id, title, expression, unresolved: outcome.error.message };
    Object.assign(bindings, bound.bindings);
    for (const secret of outcome.secrets) secrets.add(secret);
    return { id, title, expression: bound.code };
  });
  return { ok: true, value: { params: { branches: resolved }, bindings }, secrets: [...secrets] };
}
