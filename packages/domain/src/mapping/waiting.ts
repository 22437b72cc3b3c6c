import { own } from '../json.js';
import type { Block } from '../workflow/types.js';
import { quote, type IssueLog } from '../workflow/issue-log.js';
import { readNumber } from '../workflow/reader.js';

const UNITS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

const LONGEST_MS = 30 * 86_400_000;

/** How long a `wait` block waits, in milliseconds; 0, reported, where that is no fixed time. */
export function readDelay(block: Block, log: IssueLog): number {
  const { params } = block;
  const amount = readNumber(own(params, 'timeValue') ?? own(params, 'duration'));
  const given = own(params, 'timeUnit') ?? own(params, 'unit') ?? 'seconds';
  const unit = typeof given === 'string' ? unitOf(given) : undefined;
  if (amount === null || amount < 0 || unit === undefined) {
    const message = () => `${quote(block.name)} does not say how long to wait.`;
    log.report('wait_unreadable', { blockId: block.id, message });
    return 0;
  }
  const delay = Math.round(amount * unit);
  if (delay <= LONGEST_MS) return delay;
  const message = () => `${quote(block.name)} waits for more than 30 days.`;
  log.report('wait_too_long', { blockId: block.id, message });
  return LONGEST_MS;
}

function unitOf(given: string): number | undefined {
  return own(UNITS, given.trim().toLowerCase().replace(/s$/, ''));
}
