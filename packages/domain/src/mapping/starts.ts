import type { Block } from '../workflow/types.js';
import { quote, quoteAll, type IssueLog } from '../workflow/issue-log.js';

/** How a workflow is begun: by a conversation, or by another workflow that calls it. */
export type StartRole = 'chat' | 'child';

/** Which start is taken, by role: the lowest counts. */
const RANKS: ReadonlyMap<string, Readonly<Record<StartRole, number>>> = new Map([
  ['start_trigger', { chat: 0, child: 0 }],
  ['chat_trigger', { chat: 1, child: 3 }],
  ['starter', { chat: 2, child: 2 }],
  ['input_trigger', { chat: 3, child: 1 }],
  ['api_trigger', { chat: 3, child: 4 }],
  ['manual_trigger', { chat: 3, child: 4 }],
  ['webhook', { chat: 4, child: 5 }],
  ['generic_webhook', { chat: 4, child: 5 }],
  ['schedule', { chat: 4, child: 5 }],
]);
const LAST_RANK = 9;

const CHAT_STARTS: ReadonlySet<string> = new Set(['start_trigger', 'chat_trigger', 'starter']);

/** The name by which every start is found that no other block bears. */
export const START_NAME = 'start';

/** Fields that every start gives, whatever it declares. */
export const START_FIELDS: readonly string[] = ['input', 'conversationId', 'files'];

/** True for blocks that begin a workflow and have no way in. */
export function isStart(block: Pick<Block, 'type' | 'triggerMode'>): boolean {
  return RANKS.has(block.type) || block.triggerMode;
}

/** True for starts whose `input`, `conversationId` and `files` come from the chat itself. */
export function isChatStart(block: Block): boolean {
  return CHAT_STARTS.has(block.type);
}

/** The start for a role among the blocks that take part; the other starts are reported. */
export function chooseStart(
  blocks: readonly Block[],
  role: StartRole,
  log: IssueLog,
): { start: Block | null; others: readonly Block[] } {
  const starts = blocks.filter(isStart);
  const [start] = [...starts].sort((a, b) => rankOf(a, role) - rankOf(b, role));
  if (!start) return { start: null, others: [] };
  const others = starts.filter((block) => block !== start);
  if (others.length > 0) {
    const message = () =>
      `The conversation begins at ${quote(start.name)}; not at ${quoteAll(others.map(({ name }) => name))}.`;
    log.report('several_starts', { blockId: start.id, message });
  }
  return { start, others };
}

function rankOf({ type }: Block, role: StartRole): number {
  return RANKS.get(type)?.[role] ?? LAST_RANK;
}
