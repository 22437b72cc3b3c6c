import { isJsonObject, type JsonObject, type JsonValue } from '@sim/domain';
import type { BlockContext, BlockExecutor, BlockOutput } from '@sim/engine';
import { codeFailure, failure, invalidParams, sandboxRefusal } from './failures.js';
import type { Sandbox } from './sandbox/sandbox.js';

interface Branch {
  readonly id: string;
  readonly title: string;
  /** Null for else. */
  readonly expression: string | null;
  /** Why its references cannot be resolved; matters only if it comes to be evaluated. */
  readonly unresolved: string | null;
}

/**
 * `condition`: takes the first of `branches` whose expression is true as JavaScript has it, else the
 * one without an expression, else none. Fails with `condition_failed` where an expression throws.
 */
export function conditionBlock(sandbox: Sandbox): BlockExecutor {
  return {
    type: 'condition',
    sideEffect: 'none',
    idempotent: true,
    async run(params, context) {
      const branches = readBranches(params, context);
      const firstElse = branches.findIndex(({ expression }) => expression === null);
      const tested = firstElse < 0 ? branches : branches.slice(0, firstElse);
      const taken = await firstTrue(sandbox, tested, context);
      return outcome(taken ?? branches[firstElse] ?? null);
    },
  };
}

async function firstTrue(
  sandbox: Sandbox,
  branches: readonly Branch[],
  context: BlockContext,
): Promise<Branch | null> {
  const unresolved = branches.find((branch) => branch.unresolved !== null);
  const ready = unresolved ? branches.slice(0, branches.indexOf(unresolved)) : branches;
  const expressions = ready.map(({ expression }) => expression ?? '');
  if (expressions.some((expression) => expression.trim() !== '')) {
    const reply = await sandbox
      .firstTrue(expressions, context.bindings, context.signal)
      .catch((error: unknown) => {
        throw sandboxRefusal(context, error);
      });
    if (!reply.ok) {
      const failed = ready[reply.index ?? 0];
      const where = failed ? named(failed) : context.blockName;
      throw codeFailure(context, 'condition_failed', where, reply);
    }
    const taken = ready[reply.index ?? -1];
    if (taken) return taken;
  }
  if (!unresolved) return null;
  throw failure(context, {
    code: 'condition_failed',
    message: `${named(unresolved)}: ${unresolved.unresolved ?? ''}`,
    retryable: false,
  });
}

function named({ title, id }: Branch): string {
  return `Branch "${title || id}"`;
}

function outcome(taken: Branch | null): BlockOutput {
  return taken
    ? {
        output: { conditionResult: true, selectedPath: {}, selectedOption: taken.id },
        branchId: taken.id,
      }
    : {
        output: { conditionResult: false, selectedPath: null, selectedOption: null },
        branchId: null,
      };
}

function readBranches(params: JsonObject, context: BlockContext): Branch[] {
  const { branches } = params;
  if (!Array.isArray(branches)) throw invalidParams(context, 'The condition has no branches.');
  return branches.map((branch: JsonValue, index) => {
    if (!isJsonObject(branch) || typeof branch.id !== 'string') {
      throw invalidParams(context, `Branch ${index + 1} of the condition has no id.`);
    }
    const { id, title, expression, unresolved } = branch;
    return {
      id,
      title: typeof title === 'string' ? title : '',
      expression: typeof expression === 'string' ? expression : null,
      unresolved: typeof unresolved === 'string' ? unresolved : null,
    };
  });
}
