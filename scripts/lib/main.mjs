import { Failure } from './failure.mjs';
import { say } from './progress.mjs';
import { TASKS } from './tasks.mjs';

/** Runs the task named first and resolves to the exit code. */
export async function main([name, ...args]) {
  const task = name === undefined ? undefined : TASKS[name];
  if (task === undefined) {
    say(`Usage: node scripts/run.mjs <task> [arguments]\nTasks: ${Object.keys(TASKS).join(', ')}`);
    return 2;
  }
  try {
    return await task(args);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(`\n✗ ${error.message}`);
    return error.exitCode;
  }
}
