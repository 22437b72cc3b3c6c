import { isJsonObject, own, type JsonValue } from '../json.js';
import type { Slot } from '../journey/types.js';
import type { Block } from '../workflow/types.js';
import { parseJsonText, readList } from '../workflow/reader.js';
import { isChatStart, isStart, START_FIELDS } from './starts.js';

/** What blocks give whose export does not say it. */
const BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  function: ['result', 'stdout'],
  api: ['data', 'status', 'headers'],
  agent: ['content', 'model', 'tokens', 'toolCalls', 'cost', 'warnings'],
  router: ['prompt', 'model', 'tokens', 'cost', 'selectedRoute', 'reasoning', 'selectedPath'],
  router_v2: ['context', 'model', 'tokens', 'cost', 'selectedRoute', 'reasoning', 'selectedPath'],
  guardrails: [
    'passed',
    'validationType',
    'input',
    'error',
    'score',
    'reasoning',
    'detectedEntities',
    'maskedText',
    'unsupportedEntityTypes',
  ],
  evaluator: ['content', 'model', 'tokens', 'cost'],
  condition: ['conditionResult', 'selectedPath', 'selectedOption'],
  loop: ['results'],
  parallel: ['results'],
  workflow: ['success', 'childWorkflowName', 'result', 'error'],
  workflow_input: ['success', 'childWorkflowName', 'result', 'error'],
};

/** Top-level fields that references may read from a block; null where any may be. */
export function outputFieldsOf(
  block: Block,
  slots: readonly Slot[],
  hasErrorPath: boolean,
): string[] | null {
  const declared = Object.keys(block.outputs);
  const fields = new Set(declared.length > 0 ? declared : (own(BY_TYPE, block.type) ?? []));
  for (const name of namedByParams(block)) fields.add(name);
  for (const { name } of slots) fields.add(name);
  if (isChatStart(block)) for (const name of START_FIELDS) fields.add(name);
  if (block.type === 'human_in_the_loop') fields.add('response').add('submission');
  else if (fields.size === 0 && !isStart(block)) return null;
  if (hasErrorPath) fields.add('error').add('errorCode');
  return [...fields];
}

/** Fields that the author names: an agent's structured answer, an evaluator's metrics. */
function namedByParams(block: Block): string[] {
  if (block.type === 'agent') return schemaFields(own(block.params, 'responseFormat'));
  if (block.type !== 'evaluator') return [];
  const metrics = readList(own(block.params, 'metrics')) ?? [];
  return metrics.flatMap((metric) => {
    const name = isJsonObject(metric) ? own(metric, 'name') : undefined;
    return typeof name === 'string' ? [name.toLowerCase()] : [];
  });
}

/** The properties of a JSON schema, whichever of the usual wrappings it has. */
function schemaFields(raw: JsonValue | undefined): string[] {
  let schema = typeof raw === 'string' ? parseJsonText(raw) : raw;
  for (const key of ['json_schema', 'schema']) {
    const inner = isJsonObject(schema) ? own(schema, key) : undefined;
    if (isJsonObject(inner)) schema = inner;
  }
  const properties = isJsonObject(schema) ? own(schema, 'properties') : undefined;
  return isJsonObject(properties) ? Object.keys(properties) : [];
}
