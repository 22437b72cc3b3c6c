import type { Block } from '../workflow/types.js';
import { quote, quoteAll, type IssueLog } from '../workflow/issue-log.js';

/** Which start a chat takes: the lowest counts. */
const RANKS: ReadonlyMap<string, number> = new Map([
  ['start_trigger', 0],
  ['chat_trigger', 1],
  ['starter', 2],
  ['input_trigger', 3],
  ['api_trigger', 3],
  ['manual_trigger', 3],
  ['webhook', 4],
  ['generic_webhook', 4],
  ['schedule', 4],
]);

const CHAT_STARTS: ReadonlySet<string> = new Set(['start_trigger', 'chat_trigger', 'starter']);

/** The name by which every start is found that no other block bears. */
export const START_NAME = 'start';

/** Fields that every start gives, whatever it declares. */
export const START_FIELDS: readonly string[] = ['input', 'conversationId', 'files'];

/** True for blocks that begin a workflow and have no way in. */
export function isStart(block: Block): boolean {
  return RANKS.has(block.type) || block.triggerMode;
}

/** True for starts whose `input`, `conversationId` and `files` come from the chat itself. */
export function isChatStart(block: Block): boolean {
  return CHAT_STARTS.has(block.type);
}

/** The start of a conversation among the blocks that take part; the other starts are reported. */
export function chooseStart(
  blocks: readonly Block[],
  log: IssueLog,
): { start: Block | null; others: readonly Block[] } {
  const starts = blocks.filter(isStart);
  const [start] = [...starts].sort((a, b) => rankOf(a) - rankOf(b));
  if (!start) return { start: null, others: [] };
  const others = starts.filter((block) => block !== start);
  if (others.length > 0) {
    const message = () =>
      `The conversation begins at ${quote(start.name)}; not at ${quoteAll(others.map(({ name }) => name))}.`;
    log.report('several_starts', { blockId: start.id, message });
  }
  return { start, others };
}

function rankOf(block: Block): number {
  return RANKS.get(block.type) ?? RANKS.size;
}
