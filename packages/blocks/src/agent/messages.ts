import { isJsonObject, type JsonObject, type JsonValue } from '@sim/domain';
import type { BlockContext } from '@sim/engine';
import { failure, invalidParams } from '../failures.js';
import { readListParam, readText, textField } from '../model/model-params.js';
import type { ModelMessage } from '../model/request.js';

const MAX_MESSAGES = 500;
/** Of all messages together, in characters. */
const MAX_LENGTH = 1_000_000;

/** The roles that an author gives messages. */
type Role = Exclude<ModelMessage['role'], 'tool'>;

const ROLES: Readonly<Record<string, Role>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
};

/**
 * What an agent sends to its model: `messages`, then what older workflows have in fields of their own.
 * Messages without content are left out.
 * @throws BlockFailure `invalid_params`, `input_too_large`
 */
export function readMessages(params: JsonObject, context: BlockContext): ModelMessage[] {
  const listed = readListParam(context, 'messages', params.messages, MAX_MESSAGES);
  const messages = [
    ...message('system', readText(context, 'system prompt', params.systemPrompt ?? params.system)),
    ...listed.flatMap((one, index) => readMessage(one, index, context)),
    ...message('user', readUserPrompt(params, context)),
  ];
  if (messages.length === 0) {
    throw invalidParams(context, 'The agent has no messages. Give it one to answer.');
  }
  const length = messages.reduce((total, { content }) => total + content.length, 0);
  if (length <= MAX_LENGTH) return messages;
  throw failure(context, {
    code: 'input_too_large',
    message: `The messages have ${length} characters; the limit is ${MAX_LENGTH}. Give less of it.`,
    retryable: false,
  });
}

function readUserPrompt(params: JsonObject, context: BlockContext): string {
  const prompt = readText(context, 'user prompt', params.userPrompt ?? params.prompt);
  const about = readText(context, 'context', params.context);
  if (prompt.trim() === '' || about.trim() === '') return prompt || about;
  return `${prompt}\n\nContext:\n${about}`;
}

function readMessage(one: JsonValue, index: number, context: BlockContext): ModelMessage[] {
  const name = `Message ${index + 1} of the agent`;
  if (!isJsonObject(one)) throw invalidParams(context, `${name} must have a role and content.`);
  const given = textField(one, 'role').toLowerCase();
  const role = Object.hasOwn(ROLES, given) ? ROLES[given] : undefined;
  if (role === undefined) {
    throw invalidParams(context, `${name} must have the role system, user or assistant.`);
  }
  return message(role, readText(context, `content of message ${index + 1}`, one.content));
}

function message(role: Role, content: string): ModelMessage[] {
  return content.trim() === '' ? [] : [{ role, content }];
}
