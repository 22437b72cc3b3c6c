import type { JsonObject, JsonValue } from '@sim/domain';
import type { BlockExecutor } from '@sim/engine';
import { readMessages } from './agent-messages.js';
import { readResponseFormat } from './agent-response-format.js';
import { readChoice, readJson, readNumberParam, textField } from './model/model-params.js';
import type { Model } from './model/model.js';
import type { TokenCounts } from './model/answer.js';
import { schemaProblem } from './model/schema-check.js';
import { askForObject } from './model/structured.js';

const MAX_TOKENS = 10_000_000;
const MAX_NAMED = 10;
const MAX_NAME = 60;

/**
 * `agent`: a model's answer to `messages` (or the older `systemPrompt`, `userPrompt`, `context`) as
 * `content`, or with a `responseFormat` the fields of its schema instead. Tools are not called and a
 * memory is not kept: `warnings` says what was left out. Fails with `invalid_params`,
 * `input_too_large`, or as the model does.
 */
export function agentBlock(model: Model): BlockExecutor {
  return {
    type: 'agent',
    sideEffect: 'none',
    idempotent: true,
    async run(params, context) {
      const request = {
        ...readChoice(params),
        messages: readMessages(params, context),
        temperature: readNumberParam(context, 'temperature', params.temperature, {
          min: 0,
          max: 2,
        }),
        maxTokens: readNumberParam(context, 'maxTokens', params.maxTokens, {
          min: 1,
          max: MAX_TOKENS,
        }),
      };
      const warnings = leftOut(params);
      const schema = readResponseFormat(params.responseFormat, context);
      if (schema === null) {
        const answer = await model.complete(request, context);
        if (answer.cutOff) warnings.push('The answer was cut off at the limit of its tokens.');
        const { content, ...spent } = answer;
        return { output: { content, ...metadata(spent, warnings) } };
      }
      const read = (value: JsonObject) => {
        const problem = schemaProblem(value, schema.schema);
        return problem === null
          ? ({ ok: true, value } as const)
          : ({ ok: false, problem } as const);
      };
      const structured = await askForObject(model, { ...request, schema }, read, context);
      return { output: { ...structured.value, ...metadata(structured, warnings) } };
    },
  };
}

function metadata(
  { model, tokens }: { readonly model: string; readonly tokens: TokenCounts },
  warnings: readonly string[],
): JsonObject {
  return {
    model,
    tokens: { ...tokens },
    toolCalls: { list: [], count: 0 },
    cost: null,
    ...(warnings.length > 0 && { warnings }),
  };
}

/** What the block asks for and does not get, in sentences. */
function leftOut(params: JsonObject): string[] {
  const warnings: string[] = [];
  const listed = readJson(params.tools);
  const tools = (Array.isArray(listed) ? (listed as readonly JsonValue[]) : []).filter(
    (tool) => textField(tool, 'usageControl') !== 'none',
  );
  if (tools.length > 0) {
    const names = tools.slice(0, MAX_NAMED).map(toolName).join(', ');
    const rest = tools.length > MAX_NAMED ? ` and ${tools.length - MAX_NAMED} more` : '';
    warnings.push(`The agent ran without its tools: ${names}${rest}.`);
  }
  const { memoryType } = params;
  if (typeof memoryType === 'string' && !['', 'none'].includes(memoryType)) {
    warnings.push('The agent remembers nothing of earlier runs.');
  }
  return warnings;
}

function toolName(tool: JsonValue): string {
  if (typeof tool === 'string') return tool.slice(0, MAX_NAME);
  const name = textField(tool, 'title') || textField(tool, 'name') || textField(tool, 'type');
  return (name || '(without a name)').slice(0, MAX_NAME);
}
