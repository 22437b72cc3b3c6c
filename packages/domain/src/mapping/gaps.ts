import { isJsonObject, own, type JsonValue } from '../json.js';
import type { Block } from '../workflow/types.js';
import { quote, quoteAll, type IssueLog } from '../workflow/issue-log.js';
import { spokenName } from '../workflow/names.js';
import { isAccountParam, isSecretParam } from '../workflow/secret-params.js';

/** Parameters without which a block cannot run; of several in a row one is enough. */
const NEEDED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  api: [['url']],
  function: [['code']],
  agent: [['messages', 'userPrompt', 'systemPrompt', 'prompt', 'system', 'context']],
  router: [['prompt', 'context']],
  router_v2: [['context'], ['routes']],
  evaluator: [['metrics'], ['content']],
  guardrails: [['input'], ['validationType']],
  variables: [['variables']],
  workflow: [['workflowId', 'workflow']],
  workflow_input: [['workflowId', 'workflow']],
};

/** Names the values that a block needs and the export has lost or the author left empty. */
export function reportGaps(block: Block, log: IssueLog): void {
  const { id: blockId, params } = block;
  for (const keys of own(NEEDED, block.type) ?? []) {
    if (keys.some((key) => !isBlank(own(params, key) ?? null))) continue;
    const message = () => `${quote(block.name)} has no ${quote(spokenName(keys[0] ?? ''))}.`;
    log.report('param_missing', { blockId, path: `params.${keys[0] ?? ''}`, message });
  }
  const secrets = Object.keys(params).filter((key) => isMissingSecret(block, key));
  if (secrets.length === 0) return;
  const message = () => `${quote(block.name)} has no value for ${quoteAll(secrets)}.`;
  log.report('secret_missing', { blockId, message });
}

/** Agents have a field for every provider there is; only the common key is one they need. */
function isMissingSecret(block: Block, key: string): boolean {
  if (!isBlank(own(block.params, key) ?? null)) return false;
  if (block.type === 'agent') return key === 'apiKey';
  // These check what comes in, which only triggers need.
  if (/^(?:signing|webhook)/i.test(key)) return false;
  return isSecretParam(key) || isAccountParam(key);
}

function isBlank(value: JsonValue): boolean {
  if (value === null) return true;
  if (typeof value === 'string') return ['', '[]', '{}'].includes(value.trim());
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}
