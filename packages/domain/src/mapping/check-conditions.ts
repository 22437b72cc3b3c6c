import { parseExpressionAt, tokenizer, tokTypes } from 'acorn';
import { bindCode } from '../expressions/code.js';
import type { ForkState } from '../journey/types.js';
import { quote, type IssueLog } from '../workflow/issue-log.js';

const OPTIONS = { ecmaVersion: 'latest' } as const;

/** Reports the branches whose expression is not JavaScript. */
export function checkConditions(fork: ForkState, log: IssueLog): void {
  for (const { title, expression } of fork.branches) {
    const fault = expression === null || expression === '' ? null : faultOf(expression);
    if (fault === null) continue;
    const message = () =>
      `Branch ${quote(title)} of ${quote(fork.label)}, ${quote(expression ?? '')}, cannot be read: ${fault}.`;
    log.report('condition_syntax_error', { blockId: fork.blockId, message });
  }
}

/** What keeps a text from being one expression, its references taken as values; null if nothing. */
function faultOf(expression: string): string | null {
  try {
    const bound = bindCode(expression, () => ({ kind: 'empty' }));
    const code = bound.ok ? bound.value.code : expression;
    const { end } = parseExpressionAt(code, 0, OPTIONS);
    const next = tokenizer(code.slice(end), OPTIONS).getToken().type;
    return next === tokTypes.eof ? null : 'there is something after the expression';
  } catch (error) {
    // A parser that runs out of stack says so with a RangeError.
    if (error instanceof RangeError) return 'it is nested too deeply';
    return error instanceof Error
      ? error.message.replace(/\s*\(\d+:\d+\)$/, '')
      : 'it is no JavaScript';
  }
}
