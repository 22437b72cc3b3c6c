import { DOCUMENT_ISSUES } from './document-issues.js';
import type { Severity } from './issues.js';
import { journeyIssues } from './journey-issues.js';
import { RUNNING_ISSUES } from './running-issues.js';

/** What is known of every issue of one code; the pages under `docs/errors/` are made from it. */
export interface IssueDescription {
  readonly severity: Severity;
  readonly title: string;
  /** What brings it about. */
  readonly cause: string;
  /** What to do; the hint of an issue that has none of its own. */
  readonly fix: string;
}

const catalogue = {
  not_a_workflow: {
    severity: 'error',
    title: 'Not a workflow',
    cause: 'The document has none of the forms in which Sim exports a workflow.',
    fix: 'Export the workflow again from its menu in Sim and import that JSON file unchanged.',
  },
  ...DOCUMENT_ISSUES,
  too_deep: {
    severity: 'warning',
    title: 'Nested too deeply',
    cause: 'A value is nested more than 64 levels deep; what lies below is left out.',
    fix: 'Flatten the value, or keep it as a JSON text.',
  },
  text_repaired: {
    severity: 'info',
    title: 'Broken text repaired',
    cause: 'Texts hold NUL characters or halves of surrogate pairs, which no database keeps.',
    fix: 'Nothing need be done: each broken character is shown as a replacement character.',
  },
  issues_omitted: {
    severity: 'info',
    title: 'Further issues not listed',
    cause: 'The same kind of issue occurs so often that only the first ones are listed.',
    fix: 'Mend the ones that are listed and look again.',
  },
  section_invalid: {
    severity: 'warning',
    title: 'Part of the document unreadable',
    cause: 'A part such as the edges or the variables does not have the expected shape.',
    fix: 'Export the workflow again; this part of the document is taken as empty.',
  },
  workflow_name_missing: {
    severity: 'info',
    title: 'Workflow without a name',
    cause: 'The document names its workflow nowhere.',
    fix: 'Give the workflow a name after the import.',
  },
  block_invalid: {
    severity: 'error',
    title: 'Block unreadable',
    cause: 'An entry among the blocks is no object, or its id is longer than 256 characters.',
    fix: 'Delete the block in Sim, draw it anew and export again.',
  },
  block_id_missing: {
    severity: 'warning',
    title: 'Block without an id',
    cause: 'A block has no id, so that no edge can lead to it; it gets one of ours.',
    fix: 'Give the block an id and connect it.',
  },
  block_id_mismatch: {
    severity: 'info',
    title: 'Block with two ids',
    cause: 'The key under which a block stands differs from its own id; the key counts.',
    fix: 'Make the id equal to the key.',
  },
  duplicate_block_id: {
    severity: 'error',
    title: 'Id used twice',
    cause: 'Two blocks have the same id; only the first is kept.',
    fix: 'Give the second block an id of its own.',
  },
  block_type_missing: {
    severity: 'error',
    title: 'Block without a type',
    cause: 'A block does not say what it is, so that nothing can run it.',
    fix: 'Set the type of the block, for example "function" or "api".',
  },
  block_name_missing: {
    severity: 'info',
    title: 'Block without a name',
    cause: 'A block has no name; it is called by its type.',
    fix: 'Name the block, so that other blocks can refer to it.',
  },
  retry_out_of_range: {
    severity: 'info',
    title: 'Retry out of range',
    cause: 'Retries are limited to 2 to 5 runs with 0 to 5000 ms between them.',
    fix: 'Set values within these limits; until then the nearest ones are used.',
  },
  secret_in_plain_text: {
    severity: 'warning',
    title: 'Secret in plain text',
    cause: 'The document holds a password or key as it is, for anyone to read who gets the file.',
    fix: 'Store it on the secrets page and write {{NAME}} in its place; change the exposed one.',
  },
  edge_invalid: {
    severity: 'warning',
    title: 'Edge unreadable',
    cause: 'An entry among the edges does not name the blocks that it connects.',
    fix: 'Draw the connection anew and export again.',
  },
  edge_unknown_block: {
    severity: 'error',
    title: 'Edge to an unknown block',
    cause: 'An edge begins or ends at a block that the document does not hold.',
    fix: 'Delete the edge, or add the block that it names.',
  },
  duplicate_edge_id: {
    severity: 'info',
    title: 'Edge id used twice',
    cause:
      'Two edges have the same id; the second is dropped where it is the same edge, else renamed.',
    fix: 'Nothing need be done.',
  },
  parent_unknown: {
    severity: 'warning',
    title: 'Unknown container',
    cause: 'A block says that it stands in a container that is not there; it is taken as outside.',
    fix: 'Move the block into a loop or parallel, or out of it, and export again.',
  },
  parent_not_container: {
    severity: 'warning',
    title: 'Parent is no container',
    cause: 'A block says that it stands in a block that is neither loop nor parallel.',
    fix: 'Move the block out of its parent and export again.',
  },
  parent_cycle: {
    severity: 'error',
    title: 'Containers inside one another',
    cause: 'Following the containers outwards leads back to where it began.',
    fix: 'Move the named container out of the other.',
  },
  container_too_deep: {
    severity: 'warning',
    title: 'Containers nested too deeply',
    cause: 'Loops and parallels stand more than 10 levels inside one another.',
    fix: 'Move inner containers into a child workflow.',
  },
  container_map_mismatch: {
    severity: 'warning',
    title: 'Container described twice, differently',
    cause: 'The lists of loops and parallels differ from the blocks; the blocks count.',
    fix: 'Open and save the workflow in Sim, which makes the lists anew, and export again.',
  },
  container_setting_invalid: {
    severity: 'warning',
    title: 'Container setting unreadable',
    cause: 'A loop or parallel has a kind or count that cannot be read; the default is used.',
    fix: 'Set the kind and the count of the container again.',
  },
  variable_invalid: {
    severity: 'warning',
    title: 'Variable unreadable',
    cause: 'A workflow variable has no name, or one that another has already.',
    fix: 'Give every variable a name of its own.',
  },
  no_start_block: {
    severity: 'warning',
    title: 'No start block',
    cause: 'No enabled block starts the workflow; it begins at the blocks that nothing leads to.',
    fix: 'Add a Start block and connect it, so that the workflow can ask for its input.',
  },
  nothing_to_run: {
    severity: 'error',
    title: 'Nothing to run',
    cause: 'There is neither a start block nor an enabled block that nothing leads to.',
    fix: 'Add a Start block, or enable the one that is there.',
  },
  several_starts: {
    severity: 'warning',
    title: 'Several starts',
    cause: 'A conversation begins at one start; what only the others lead to is left out.',
    fix: 'Keep one start for the conversation, or lead both to the same blocks.',
  },
  edge_into_start: {
    severity: 'warning',
    title: 'Edge into a start',
    cause: 'Starts have no way in; the edge is left out.',
    fix: 'Delete the edge, or lead it to the block after the start.',
  },
  start_field_inferred: {
    severity: 'info',
    title: 'Input field inferred',
    cause: 'The start declares no fields, but blocks read one from it; it will be asked for.',
    fix: 'Declare the field in the input format of the start, with its type.',
  },
  block_disabled: {
    severity: 'info',
    title: 'Block disabled',
    cause: 'The block is switched off; it is left out and its path ends before it.',
    fix: 'Enable the block if it is meant to run.',
  },
  block_note: {
    severity: 'info',
    title: 'Note left out',
    cause: 'Notes are for those who read the drawing; nothing runs.',
    fix: 'Nothing need be done.',
  },
  block_unreachable: {
    severity: 'warning',
    title: 'Block unreachable',
    cause: 'No path leads from the start to this block; it is left out.',
    fix: 'Connect the block, or delete it.',
  },
  container_empty: {
    severity: 'warning',
    title: 'Container without blocks',
    cause:
      'A loop or parallel has no block inside that can run; it gives an empty list of results.',
    fix: 'Put at least one enabled block into the container, or delete it.',
  },
  container_start_missing: {
    severity: 'info',
    title: 'Container without a way in',
    cause:
      'No edge leads from the start handle of a loop or parallel; its blocks that nothing leads to come first.',
    fix: 'Connect the start handle of the container to the block that comes first.',
  },
  edge_back_to_container: {
    severity: 'info',
    title: 'Edge back to its container',
    cause: 'An edge leads from the last block of a body to the loop or parallel around it.',
    fix: 'Nothing need be done: an iteration ends by itself once all its blocks are done.',
  },
  child_workflow_missing: {
    severity: 'warning',
    title: 'Child workflow missing',
    cause: 'A block calls a workflow that is not in this workspace, or the export has lost which.',
    fix: 'Import the child workflow into the same workspace and choose it in the block.',
  },
  edge_crosses_container: {
    severity: 'warning',
    title: 'Edge crosses a container',
    cause: 'An edge leads into or out of a loop or parallel past its own handles.',
    fix: 'Lead the edge to the container itself.',
  },
  edge_after_response: {
    severity: 'warning',
    title: 'Edge after a response',
    cause: 'A Response block ends the run, so that nothing can follow it.',
    fix: 'Delete the edge, or move the Response to the end.',
  },
  cycle_outside_container: {
    severity: 'error',
    title: 'Cycle outside a container',
    cause:
      'Edges lead back to a block that has run already; the edge that closes the cycle is left out.',
    fix: 'Put the blocks that repeat into a Loop block.',
  },
  handle_unknown: {
    severity: 'warning',
    title: 'Unknown handle',
    cause:
      'An edge leaves a block by a handle that the block does not have; it is taken as the plain one.',
    fix: 'Draw the connection anew from the handle that is meant.',
  },
  branch_unknown: {
    severity: 'warning',
    title: 'Unknown branch',
    cause:
      'An edge leaves a condition by a branch that the condition does not have; it is left out.',
    fix: 'Draw the connection anew from the branch that is meant.',
  },
  branch_without_else: {
    severity: 'info',
    title: 'Condition without else',
    cause: 'Where no branch is true, no path is taken and the run may end there.',
    fix: 'Add an else branch and connect it, if something is to happen then.',
  },
  branch_empty: {
    severity: 'warning',
    title: 'Branch without an expression',
    cause: 'A branch of a condition does not say when it is taken.',
    fix: 'Write the expression of the branch.',
  },
  branch_after_else: {
    severity: 'warning',
    title: 'Branch after else',
    cause: 'Else is always taken, so that the branches after it never are.',
    fix: 'Move else to the end.',
  },
  dead_end: {
    severity: 'info',
    title: 'Branch that leads nowhere',
    cause: 'Nothing is connected to a branch, so that its path ends there.',
    fix: 'Connect the branch, if something is to happen then.',
  },
  condition_syntax_error: {
    severity: 'error',
    title: 'Condition is no valid expression',
    cause: 'The expression of a branch is not JavaScript.',
    fix: 'Write one JavaScript expression that is true or false, such as <start.amount> > 100.',
  },
  slot_invalid: {
    severity: 'warning',
    title: 'Input field unreadable',
    cause: 'An entry of an input format has no name, or the format is no list.',
    fix: 'Give the field a name, or delete it.',
  },
  slot_duplicate: {
    severity: 'warning',
    title: 'Input field named twice',
    cause: 'Two fields of an input format have the same name; the first counts.',
    fix: 'Rename one of them.',
  },
  slot_type_unknown: {
    severity: 'info',
    title: 'Unknown field type',
    cause: 'A field has a type that is not known; it is asked for as a text.',
    fix: 'Use string, number, boolean, object, array or file[].',
  },
  slot_default_invalid: {
    severity: 'warning',
    title: 'Default does not fit',
    cause: 'The default of a field does not have the type of the field; there is none then.',
    fix: 'Correct the default or the type.',
  },
  wait_unreadable: {
    severity: 'warning',
    title: 'Waiting time unreadable',
    cause: 'A Wait block has no fixed time; it goes on at once.',
    fix: 'Set a number and seconds, minutes, hours or days.',
  },
  wait_too_long: {
    severity: 'warning',
    title: 'Waiting time too long',
    cause: 'A Wait block waits for 30 days at most; it is cut to that.',
    fix: 'Set a shorter time, or start another workflow by a schedule.',
  },
  name_collision: {
    severity: 'warning',
    title: 'Names collide',
    cause: 'References ignore case, blanks and dots, so that two blocks go by the same name.',
    fix: 'Rename one of the blocks.',
  },
  reference_unknown_block: {
    severity: 'warning',
    title: 'Reference to an unknown block',
    cause: 'A reference names a block that does not exist; it is left as it is written.',
    fix: 'Correct the name, or remove the reference.',
  },
  reference_unknown_variable: {
    severity: 'warning',
    title: 'Reference to an unknown variable',
    cause: 'A reference names a workflow variable that is neither declared nor set by a block.',
    fix: 'Declare the variable, or correct its name.',
  },
  reference_unknown_path: {
    severity: 'error',
    title: 'Reference to an unknown field',
    cause: 'A reference names a field that the block does not have, which fails when it is read.',
    fix: 'Use one of the fields that the block has.',
  },
  reference_may_not_run: {
    severity: 'warning',
    title: 'Reference to a block that has not run',
    cause:
      'There is a path to the block that reads on which the block that is read has not run; its value is empty then.',
    fix: 'Connect the blocks so that the one that is read runs first on every path, or let the reader do without it.',
  },
  param_missing: {
    severity: 'warning',
    title: 'Value missing',
    cause: 'A block needs a value that is empty, often since exports leave it out.',
    fix: 'Fill in the value; without it the conversation asks what to do when it gets there.',
  },
  gap_asked: {
    severity: 'info',
    title: 'Value asked for',
    cause:
      'A block needs values that are empty, often since exports leave them out; the conversation asks for them before the block runs.',
    fix: 'Nothing need be done; fill in the values in the workflow if they are not to be asked for.',
  },
  secret_missing: {
    severity: 'warning',
    title: 'Secret missing',
    cause: 'Exports leave out passwords, keys and connected accounts.',
    fix: 'Store the secret on the secrets page (PUT /api/v1/secrets) and write {{NAME}} in its place in the block; it is never asked for in chat.',
  },
  ...RUNNING_ISSUES,
  ...journeyIssues,
} as const satisfies Readonly<Record<string, IssueDescription>>;

/** The code of an issue that parsing, mapping or analysis can find. */
export type IssueCode = keyof typeof catalogue;

/** Every issue that parsing, mapping and analysis can find, by code. */
export const ISSUE_CATALOGUE: Readonly<Record<IssueCode, IssueDescription>> = catalogue;
