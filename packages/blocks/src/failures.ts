import type { BlockError, JsonObject } from '@sim/domain';
import { BlockFailure, type BlockContext } from '@sim/engine';
import {
  InputTooLargeError,
  SandboxBusyError,
  SandboxClosedError,
  type SandboxFailure,
} from './sandbox/sandbox.js';

/** A failure whose message is free of the block's secrets. */
export function failure(
  context: BlockContext,
  error: Omit<BlockError, 'details'> & { readonly details?: JsonObject | undefined },
  cause?: unknown,
): BlockFailure {
  const { details, ...rest } = error;
  return new BlockFailure(
    {
      ...rest,
      message: redact(error.message, context.secrets),
      ...(details && { details }),
    },
    cause === undefined ? {} : { cause },
  );
}

/** Parameters that the block cannot run with. Running it again is of no use until they change. */
export function invalidParams(context: BlockContext, message: string): BlockFailure {
  return failure(context, { code: 'invalid_params', message, retryable: false });
}

/** The text with every secret replaced by `***`, the longest first, as one may hold another. */
export function redact(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
  return known.reduce((redacted, secret) => redacted.replaceAll(secret, '***'), text);
}

/** How the failures of the sandbox itself are told; anything else is thrown on as it is. */
export function sandboxRefusal(context: BlockContext, error: unknown): unknown {
  const { message } = error instanceof Error ? error : { message: '' };
  if (error instanceof SandboxBusyError) {
    return failure(context, { code: 'sandbox_busy', message, retryable: true }, error);
  }
  if (error instanceof SandboxClosedError) {
    return failure(context, { code: 'shutting_down', message, retryable: true }, error);
  }
  return error instanceof InputTooLargeError
    ? failure(context, { code: 'input_too_large', message, retryable: false }, error)
    : error;
}

/**
 * The failure of code that ran.
 * @param code for what the code itself threw
 * @param where names the place in the workflow, such as `Branch "if"`
 */
export function codeFailure(
  context: BlockContext,
  code: string,
  where: string,
  reply: SandboxFailure,
): BlockFailure {
  const line = reply.line === null ? '' : ` (line ${reply.line})`;
  const details = {
    name: redact(reply.name, context.secrets),
    line: reply.line,
    stdout: redact(reply.stdout, context.secrets),
  };
  const told: Record<SandboxFailure['reason'], Pick<BlockError, 'code' | 'message'>> = {
    threw: { code, message: `${where}: ${reply.name}: ${reply.message}${line}` },
    unsettled: { code, message: `${where}: ${reply.message}` },
    result: { code: 'invalid_output', message: `${where}: ${reply.message}` },
    timeout: { code: 'timeout', message: `${where}: ${reply.message}` },
    memory: { code: 'memory_exceeded', message: `${where}: the code ran out of memory${line}.` },
  };
  // The same code with the same values fails the same way; only time depends on the machine.
  return failure(context, {
    ...told[reply.reason],
    retryable: reply.reason === 'timeout',
    details,
  });
}
