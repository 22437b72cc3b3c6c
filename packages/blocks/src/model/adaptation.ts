import type {
  ChatCompletionCreateParams,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type { ModelMessage, ModelRequest } from './request.js';

/** Which of the parameters that servers differ in a request uses. */
export interface Shape {
  /** How the form of the answer is asked for. */
  readonly format: 'json_schema' | 'json_object' | 'text';
  readonly tokenLimit: 'max_tokens' | 'max_completion_tokens';
  readonly temperature: boolean;
  /** How an answer that comes piece by piece is asked for: with its token counts, without, or not at all. */
  readonly stream: 'counted' | 'plain' | 'none';
  /** How a certain tool is asked for. */
  readonly toolChoice: 'named' | 'required' | 'auto';
}

/** What most servers understand. */
export const FIRST_SHAPE: Shape = {
  format: 'json_schema',
  tokenLimit: 'max_tokens',
  temperature: true,
  stream: 'counted',
  toolChoice: 'named',
};

/** A server's refusal: its status, and all that it says in one text. */
export interface Refusal {
  readonly status: number | undefined;
  readonly text: string;
}

const REFUSED = new Set([400, 404, 422, 501]);
const ABOUT_FORMAT =
  /response_format|json_schema|json_object|json schema|structured output|grammar/i;

/** The shape to try after a refusal; null where it is not about a parameter that can be changed. */
export function adapted(shape: Shape, request: ModelRequest, refusal: Refusal): Shape | null {
  if (refusal.status === undefined || !REFUSED.has(refusal.status)) return null;
  if (request.schema && ABOUT_FORMAT.test(refusal.text)) {
    if (shape.format === 'json_schema') return { ...shape, format: 'json_object' };
    if (shape.format === 'json_object') return { ...shape, format: 'text' };
  }
  const limited = request.maxTokens != null && shape.tokenLimit === 'max_tokens';
  if (limited && /max_completion_tokens/i.test(refusal.text)) {
    return { ...shape, tokenLimit: 'max_completion_tokens' };
  }
  const warm = request.temperature != null && shape.temperature;
  if (warm && /temperature/i.test(refusal.text)) return { ...shape, temperature: false };
  return withOtherChoice(shape, request, refusal) ?? withOtherStream(shape, request, refusal);
}

function withOtherChoice(shape: Shape, request: ModelRequest, { text }: Refusal): Shape | null {
  if (typeof request.toolChoice !== 'object' || !/tool_choice/i.test(text)) return null;
  if (shape.toolChoice === 'named') return { ...shape, toolChoice: 'required' };
  return shape.toolChoice === 'required' ? { ...shape, toolChoice: 'auto' } : null;
}

function withOtherStream(shape: Shape, { onText }: ModelRequest, { text }: Refusal): Shape | null {
  if (!onText || shape.stream === 'none' || !/stream/i.test(text)) return null;
  const aboutCounts = /stream_options|include_usage/i.test(text);
  return { ...shape, stream: aboutCounts && shape.stream === 'counted' ? 'plain' : 'none' };
}

/** Whether it is this schema that the server refuses, and not schemas as such. */
export function isAboutOneSchema({ text }: Refusal): boolean {
  return /invalid schema/i.test(text);
}

/** The request as the protocol has it. */
export function requestBody(
  request: ModelRequest & { readonly model: string },
  shape: Shape,
): ChatCompletionCreateParams {
  const { model, schema, temperature, maxTokens, tools = [], onText } = request;
  const told = schema && shape.format !== 'json_schema';
  const messages = told ? [...request.messages, formMessage(schema.schema)] : request.messages;
  return {
    model,
    messages: messages.map(messageParam),
    ...(schema && shape.format === 'json_schema' && { response_format: schemaFormat(schema) }),
    ...(schema && shape.format === 'json_object' && { response_format: { type: 'json_object' } }),
    ...(temperature != null && shape.temperature && { temperature }),
    ...(maxTokens != null && { [shape.tokenLimit]: maxTokens }),
    ...(tools.length > 0 && toolParams(request, shape)),
    ...(onText && shape.stream !== 'none' && { stream: true }),
    ...(onText && shape.stream === 'counted' && { stream_options: { include_usage: true } }),
  };
}

function toolParams({ tools = [], toolChoice = 'auto' }: ModelRequest, shape: Shape) {
  const params = {
    tools: tools.map(({ name, description, parameters }) => ({
      type: 'function' as const,
      function: { name, description, parameters: { ...parameters } },
    })),
  };
  if (toolChoice === 'auto') return params;
  if (toolChoice === 'none') return { ...params, tool_choice: 'none' as const };
  const named = { type: 'function' as const, function: { name: toolChoice.name } };
  return { ...params, tool_choice: shape.toolChoice === 'named' ? named : shape.toolChoice };
}

function messageParam(message: ModelMessage): ChatCompletionMessageParam {
  if (message.role === 'tool') {
    return { role: 'tool', tool_call_id: message.callId, content: message.content };
  }
  const { role, content } = message;
  if (role !== 'assistant' || !message.toolCalls?.length) return { role, content };
  return {
    role,
    content: content === '' ? null : content,
    tool_calls: message.toolCalls.map(({ id, name, arguments: text }) => ({
      id,
      type: 'function' as const,
      function: { name, arguments: text },
    })),
  };
}

function schemaFormat({ name, schema, strict }: NonNullable<ModelRequest['schema']>) {
  return { type: 'json_schema' as const, json_schema: { name, schema: { ...schema }, strict } };
}

function formMessage(schema: unknown): ModelMessage {
  const form = JSON.stringify(schema);
  return {
    role: 'system',
    content: `Answer with one JSON object and nothing else. It must fit this JSON schema:\n${form}`,
  };
}
