import type { JsonObject } from '@sim/domain';
import type { BlockContext } from '@sim/engine';
import { RE2JS } from 're2js';
import { codeFailure, failure, invalidParams, sandboxRefusal } from '../failures.js';
import type { Sandbox } from '../sandbox/sandbox.js';

const MAX_PATTERN = 10_000;
/** `.{1000}` written over and over makes a program of 285,000 steps in 2,000 characters (0.1 s). */
const MAX_LINEAR_PATTERN = 2_000;
/** Steps of the program × characters: measured at 9 ns each at worst, so 0.2 s on the main thread. */
const MAX_LINEAR_WORK = 20_000_000;

/**
 * Whether a pattern of JavaScript matches somewhere in a text. Authors' patterns can explode, so they run
 * in linear time with RE2. What RE2 lacks (lookaround, back-references), and what is too large to be run
 * here, runs in the sandbox, which is ended at its time limit.
 * @throws BlockFailure `invalid_params`, `input_too_large`, `timeout`, or as the sandbox does
 */
export async function checkRegex(
  input: string,
  params: JsonObject,
  context: BlockContext,
  sandbox: Sandbox,
): Promise<JsonObject> {
  const pattern = readPattern(params, context);
  const linear = pattern.length <= MAX_LINEAR_PATTERN ? compileLinear(pattern) : null;
  const fits = linear !== null && linear.programSize() * input.length <= MAX_LINEAR_WORK;
  const matches = fits ? linear.test(input) : await testInSandbox(pattern, input, context, sandbox);
  return matches
    ? { passed: true }
    : { passed: false, error: 'The text does not match the pattern.' };
}

function readPattern({ regex }: JsonObject, context: BlockContext): string {
  const pattern = typeof regex === 'string' ? regex : '';
  if (pattern === '') throw invalidParams(context, 'The guardrail has no pattern. Give it one.');
  if (pattern.length <= MAX_PATTERN) return pattern;
  throw invalidParams(context, `The pattern is longer than ${MAX_PATTERN} characters. Shorten it.`);
}

/** Null where RE2 cannot run the pattern. */
function compileLinear(pattern: string): RE2JS | null {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(pattern));
  } catch {
    return null;
  }
}

async function testInSandbox(
  pattern: string,
  input: string,
  context: BlockContext,
  sandbox: Sandbox,
): Promise<boolean> {
  const reply = await sandbox
    .runFunction('return new RegExp(pattern).test(input)', { pattern, input }, context.signal)
    .catch((error: unknown) => {
      throw sandboxRefusal(context, error);
    });
  if (reply.ok) return reply.json === 'true';
  if (reply.reason === 'threw' && reply.name === 'SyntaxError') {
    const reason = reply.message.slice(0, 200);
    throw invalidParams(context, `The pattern cannot be read (${reason}). Correct it.`);
  }
  if (reply.reason !== 'timeout') throw codeFailure(context, 'guardrail_failed', 'Pattern', reply);
  throw failure(context, {
    code: 'timeout',
    message:
      'The pattern takes too long on this text. Write it without repetitions inside repetitions, or ' +
      'without lookaround and back-references: it then runs in linear time.',
    // The same text takes as long again.
    retryable: false,
  });
}
