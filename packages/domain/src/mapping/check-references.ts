import { FORM_LINKS, isLocalField } from '../expressions/lookup.js';
import { normaliseName, type ReferenceToken } from '../expressions/references.js';
import type { IssueCode } from '../issue-catalogue.js';
import type { JourneyState, StateId } from '../journey/types.js';
import type { Block, Workflow } from '../workflow/types.js';
import { quote, quoteAll, type IssueLog } from '../workflow/issue-log.js';
import { assignedVariables, isMeantAsBlock } from './references.js';
import { START_FIELDS, START_NAME } from './starts.js';
import { stateIdOf } from './state-ids.js';

/** What references are checked against. */
export interface ReferenceContext {
  readonly workflow: Workflow;
  readonly start: Block | null;
  readonly states: readonly JourneyState[];
  readonly leftOut: ReadonlyMap<string, IssueCode>;
  readonly references: ReadonlyMap<string, readonly ReferenceToken[]>;
  readonly log: IssueLog;
}

interface BlockReference {
  readonly token: ReferenceToken;
  readonly readerState: JourneyState;
  readonly block: Block;
}

/**
 * Reports references to what does not exist, and to what is left out. Whether a block that is there has
 * run when it is read is for the analysis of the journey to say.
 */
export function checkReferences(context: ReferenceContext): void {
  const { workflow, states, log } = context;
  const byName = blocksByName(workflow.blocks, log);
  if (context.start && !byName.has(START_NAME)) byName.set(START_NAME, context.start);
  const variables = new Set(
    [...workflow.variables.map(({ name }) => name), ...assignedVariables(workflow.blocks)].map(
      normaliseName,
    ),
  );
  const stateById = new Map(states.map((state) => [state.id, state]));
  const found: BlockReference[] = [];
  for (const state of states) {
    // It asks on behalf of the block that reads.
    if (state.kind === 'inputs') continue;
    for (const token of context.references.get(state.blockId) ?? []) {
      if (token.kind === 'env' || isAboutItem(token, state, stateById)) continue;
      const block = byName.get(token.name);
      if (token.kind === 'variable' && !block) checkVariable(token, state, variables, log);
      else if (block) found.push({ token, readerState: state, block });
      else if (isMeantAsBlock(token)) reportUnknown(token, state, log);
    }
  }
  for (const entry of found) {
    const target = stateById.get(stateIdOf(entry.block.id));
    if (target) checkField(entry, target, log);
    else reportLeftOut(entry, context);
  }
}

/** `<loop.index>` and the like, inside a loop or in its own condition. Containers nest 10 deep at most. */
function isAboutItem(
  { kind, path: [field] }: ReferenceToken,
  reader: JourneyState,
  stateById: ReadonlyMap<StateId, JourneyState>,
): boolean {
  if (kind !== 'loop' && kind !== 'parallel') return false;
  if (!isLocalField(field)) return false;
  let around: JourneyState | undefined = reader;
  while (around && around.kind !== kind) around = around.parent && stateById.get(around.parent);
  return around !== undefined;
}

/** By normalised name; blocks that share one are reported, notes and disabled blocks give way. */
function blocksByName(blocks: readonly Block[], log: IssueLog): Map<string, Block> {
  const byName = new Map<string, Block>();
  for (const block of blocks) {
    if (block.type === 'note') continue;
    const name = normaliseName(block.name);
    const known = byName.get(name);
    if (!known || (!known.enabled && block.enabled)) byName.set(name, block);
    if (!known?.enabled || !block.enabled) continue;
    const message = () =>
      `${quote(known.name)} and ${quote(block.name)} are both referred to as <${name.slice(0, 60)}>.`;
    log.report('name_collision', { blockId: block.id, message });
  }
  return byName;
}

function checkVariable(
  token: ReferenceToken,
  state: JourneyState,
  variables: ReadonlySet<string>,
  log: IssueLog,
): void {
  const [name] = token.path;
  if (name === undefined || variables.has(normaliseName(String(name)))) return;
  const message = () =>
    `${quote(state.label)} reads ${quote(token.raw)}, but there is no variable ${quote(String(name))}.`;
  log.report('reference_unknown_variable', { blockId: state.blockId, message });
}

function reportUnknown(token: ReferenceToken, state: JourneyState, log: IssueLog): void {
  const isScope = token.kind === 'loop' || token.kind === 'parallel';
  const message = () =>
    isScope
      ? `${quote(state.label)} reads ${quote(token.raw)}, but stands in no ${token.kind}.`
      : `${quote(state.label)} reads ${quote(token.raw)}, but no block is called that.`;
  log.report('reference_unknown_block', { blockId: state.blockId, message });
}

function checkField(
  { token, readerState }: BlockReference,
  target: JourneyState,
  log: IssueLog,
): void {
  const [field] = token.path;
  const fields = target.outputFields;
  if (field === undefined || fields === null || fields.includes(String(field))) return;
  if (field === 'error' || alwaysThere(target).includes(String(field))) return;
  if ((target.kind === 'loop' || target.kind === 'parallel') && isLocalField(field)) return;
  const message = () =>
    `${quote(readerState.label)} reads ${quote(token.raw)}, but ${quote(target.label)} has no field ` +
    `${quote(String(field))}.`;
  const hint = fields.length > 0 ? `It has ${quoteAll(fields, 12)}.` : 'It has no fields at all.';
  log.report('reference_unknown_path', { blockId: readerState.blockId, message, hint });
}

function alwaysThere({ kind }: JourneyState): readonly string[] {
  if (kind === 'start') return START_FIELDS;
  return kind === 'form' ? FORM_LINKS : [];
}

function reportLeftOut(
  { token, readerState, block }: BlockReference,
  context: ReferenceContext,
): void {
  const reason = context.leftOut.get(block.id);
  const why = reason === 'block_disabled' ? 'is disabled' : 'is left out';
  const message = () =>
    `${quote(readerState.label)} reads ${quote(token.raw)}, but ${quote(block.name)} ${why}.`;
  context.log.report('reference_may_not_run', { blockId: readerState.blockId, message });
}
