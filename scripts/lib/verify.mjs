import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ensureBuilt } from './build.mjs';
import { runNode } from './child.mjs';
import { Failure } from './failure.mjs';
import { GENERATED } from './generated.mjs';
import { ROOT, TOOLS } from './paths.mjs';
import { say, seconds } from './progress.mjs';
import { lastLine, summary } from './report.mjs';

const NONE = { passed: 0, failed: 0, skipped: [] };

/** What needs no server. */
export const CHECKS = [
  { name: 'build', run: build },
  tool('format', TOOLS.prettier, ['--check', '--log-level', 'warn', '.']),
  tool('lint', TOOLS.eslint, ['.', '--max-warnings', '0']),
  tool('types', TOOLS.tsc, ['-b']),
  tool('unused', TOOLS.knip, []),
  ...GENERATED.map(({ name, script, args }) => tool(name, join(ROOT, script), args)),
];

/** The tests, cheapest first. */
export const TESTS = ['unit', 'int', 'e2e'].map((project) => ({
  name: project,
  run: () => vitest(project),
}));

/** Runs every step, also after one that failed, and resolves to the exit code. */
export async function runSteps(steps) {
  const results = [];
  for (const step of steps) {
    say(`\n▶ ${step.name}`);
    const started = performance.now();
    const outcome = await step.run();
    results.push({ name: step.name, milliseconds: performance.now() - started, ...outcome });
    if (!outcome.ok) say(`✗ ${step.name} failed after ${seconds(performance.now() - started)}`);
    if (outcome.signalled) break;
  }
  process.stdout.write(`${summary(results)}\n${lastLine(results)}\n`);
  return results.every((result) => result.ok) ? 0 : 1;
}

async function build() {
  try {
    await ensureBuilt();
    return { ok: true, ...NONE };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(error.message);
    return { ok: false, ...NONE };
  }
}

function tool(name, script, args) {
  const run = async () => {
    const code = await runNode(script, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    return { ok: code === 0, signalled: code > 128, ...NONE };
  };
  return { name, run };
}

/** The counts come from our own reporter, as vitest's JSON leaves out why a test was skipped. */
async function vitest(project) {
  const folder = await mkdtemp(join(tmpdir(), 'sim-test-report-'));
  const report = join(folder, 'report.json');
  try {
    const args = ['run', '--project', project, '--passWithNoTests', '--reporter=default'];
    const reporter = `--reporter=${join(ROOT, 'scripts/lib/vitest-reporter.mjs')}`;
    const code = await runNode(TOOLS.vitest, [...args, reporter], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, SIM_TEST_REPORT: report },
    });
    const counts = JSON.parse(await readFile(report, 'utf8').catch(() => JSON.stringify(NONE)));
    return { ok: code === 0, signalled: code > 128, ...counts };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
