import type { JsonObject, JsonValue } from '@sim/domain';
import { BlockFailure, type BlockContext, type BlockExecutor } from '@sim/engine';
import { readChoice, readNumberParam } from '../model/model-params.js';
import type { Model } from '../model/model.js';
import type { TokenCounts } from '../model/answer.js';
import type { ModelRequest } from '../model/request.js';
import { schemaProblem } from '../model/schema-check.js';
import { askForObject } from '../model/structured.js';
import { createCallLog, type CallLog } from './calls.js';
import { MAX_ROUNDS, withTools } from './converse.js';
import { readMessages } from './messages.js';
import { offersOf, type AgentToolPorts } from './offers.js';
import { recall, wantsMemory, type RecallPorts } from './recall.js';
import { readResponseFormat } from './response-format.js';

const MAX_TOKENS = 10_000_000;
/** Of one call of a tool, where nothing else is said. */
const TOOL_TIMEOUT_MS = 30_000;

/** What an agent works with. */
export interface AgentPorts extends AgentToolPorts, RecallPorts {
  readonly model: Model;
  /** Of one call of a tool; 30,000 ms by default. */
  readonly toolTimeoutMs?: number;
}

/**
 * `agent`: a model's answer to `messages` (or the older `systemPrompt`, `userPrompt`, `context`) as
 * `content`, or with a `responseFormat` the fields of its schema instead. The model may ask for `tools`, and
 * remembers as `memoryType` says; `warnings` tells what of either was left out. Text is streamed. Fails
 * with `invalid_params`, `input_too_large`, `tools_unavailable`, `memory_unavailable`, or as the model does;
 * with `outcome_unknown` where tools may have changed something before.
 */
export function agentBlock(ports: AgentPorts): BlockExecutor {
  return {
    type: 'agent',
    // With a tool that writes the journey's own side effect is `write`, and confirmed. A second run may
    // choose other tools than the first, so that it is not safe to be made without asking.
    sideEffect: 'read',
    idempotent: false,
    run: (params, context) => run(params, context, ports),
  };
}

async function run(params: JsonObject, context: BlockContext, ports: AgentPorts) {
  const request = readRequest(params, context);
  const schema = readResponseFormat(params.responseFormat, context);
  const remembered = await recall(params, request.messages, ports, context);
  const { offers, leftOut } = await offersOf(params, ports, context);
  const warnings = [...leftOut];
  if (!remembered && wantsMemory(params)) {
    warnings.push('The agent remembers nothing of earlier runs: no memory is kept here.');
  }
  const { clock, toolTimeoutMs: timeoutMs = TOOL_TIMEOUT_MS } = ports;
  const log = createCallLog({ offers, context, clock, timeoutMs });
  const model = withTools(ports.model, offers, log);
  const messages = remembered?.messages ?? request.messages;
  const asked = { ...request, messages };
  const answered = await knowingWrites(context, log, async () => {
    if (schema) return inForm(model, { ...asked, schema }, context);
    const answer = await model.complete({ ...asked, onText: context.stream }, context);
    if (answer.cutOff) warnings.push('The answer was cut off at the limit of its tokens.');
    const { content, tokens } = answer;
    return { output: { content }, said: content, model: answer.model, tokens };
  });
  if (isUnfinished(log)) {
    warnings.push(`The model had to answer after ${MAX_ROUNDS} rounds of tools.`);
  }
  const forgotten = (await remembered?.remember(answered.said)) ?? null;
  if (forgotten !== null) warnings.push(forgotten);
  return { output: { ...answered.output, ...metadata(answered, log, warnings) } };
}

function readRequest(params: JsonObject, context: BlockContext): ModelRequest {
  const { temperature, maxTokens } = params;
  return {
    ...readChoice(params),
    messages: readMessages(params, context),
    temperature: readNumberParam(context, 'temperature', temperature, { min: 0, max: 2 }),
    maxTokens: readNumberParam(context, 'maxTokens', maxTokens, { min: 1, max: MAX_TOKENS }),
  };
}

interface Answered {
  readonly output: JsonObject;
  /** The answer as a text, as it is remembered. */
  readonly said: string;
  readonly model: string;
  readonly tokens: TokenCounts;
}

async function inForm(
  model: Pick<Model, 'complete'>,
  request: Parameters<typeof askForObject>[1],
  context: BlockContext,
): Promise<Answered> {
  const read = (value: JsonObject) => {
    const problem = schemaProblem(value, request.schema.schema);
    return problem === null ? ({ ok: true, value } as const) : ({ ok: false, problem } as const);
  };
  const { value, ...spent } = await askForObject(model, request, read, context);
  return { output: value, said: JSON.stringify(value), ...spent };
}

/** A failure after tools that write leaves open what is done: it is not tried again without asking. */
async function knowingWrites<T>(
  context: BlockContext,
  log: CallLog,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    context.signal.throwIfAborted();
    if (log.written.length === 0 || !(error instanceof BlockFailure)) throw error;
    const { message, code } = error.error;
    const names = log.written.join(', ');
    throw new BlockFailure(
      {
        code: 'outcome_unknown',
        message: `${message} Before that the agent used ${names}, which may have changed something.`,
        retryable: false,
        details: { code, toolCalls: toolCallsOf(log) },
      },
      { cause: error },
    );
  }
}

function isUnfinished({ rounds }: CallLog): boolean {
  return rounds >= MAX_ROUNDS;
}

function metadata(
  { model, tokens }: Answered,
  log: CallLog,
  warnings: readonly string[],
): JsonObject {
  return {
    model,
    tokens: { ...tokens },
    toolCalls: toolCallsOf(log),
    cost: null,
    ...(warnings.length > 0 && { warnings }),
  };
}

function toolCallsOf({ records }: CallLog): JsonObject {
  const list = records.map((record): JsonValue => ({ ...record }));
  return { list, count: list.length };
}
