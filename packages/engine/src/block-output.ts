import type { JsonValue } from '@sim/domain';
import { BlockFailure, type BlockOutput } from './ports.js';
import { hideDeep } from './redaction.js';

/**
 * A copy of what a block put out, as JSON has it and without secrets: whatever the block does with its own
 * afterwards, and whatever JSON does not keep, the session's state is what its log will say.
 * @throws BlockFailure `invalid_output` where it is not JSON, `output_too_large` over `maxLength` characters
 */
export function keptOutput(
  { output, branchId = null, variables }: BlockOutput,
  secrets: readonly string[],
  maxLength: number,
): BlockOutput {
  const kept = copyOf({ output: output ?? null, variables: variables ?? null }, maxLength);
  const clean = secrets.length === 0 ? kept : hideDeep(kept, secrets);
  return { ...(clean as Pick<Required<BlockOutput>, 'output' | 'variables'>), branchId };
}

function copyOf(value: unknown, maxLength: number): JsonValue {
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    const message =
      'The result is not JSON: it holds itself, is nested too deep or has no such form.';
    throw new BlockFailure({ code: 'invalid_output', message, retryable: false }, { cause });
  }
  if (text.length > maxLength) {
    const message = `The result is larger than ${maxLength} characters.`;
    throw new BlockFailure({ code: 'output_too_large', message, retryable: false });
  }
  return JSON.parse(text) as JsonValue;
}
