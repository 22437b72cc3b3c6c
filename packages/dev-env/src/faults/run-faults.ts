import type { FaultsOptions } from './arguments.js';
import { runPhase, startFleet, type Fleet, type PhaseReport } from './phase.js';
import { faultLines, jsonLine, table } from './report.js';
import { setStage, type Stage } from './stage.js';

/** Lines for people on the one hand, JSON on the other. */
export interface FaultsOutput {
  say(line: string): void;
  json(line: string): void;
}

/** Runs the phases and tells of them. Resolves to the exit code: 0 where nothing was lost. */
export async function runFaults(options: FaultsOptions, out: FaultsOutput): Promise<number> {
  const { seed, sessions, turns, killEveryMs } = options;
  out.say(`Seed ${seed}: ${sessions} sessions, ${turns} turns, a kill every ${killEveryMs} ms`);
  const stage = await setStage();
  const reports: PhaseReport[] = [];
  let fleet: Fleet | null = null;
  let failed = true;
  try {
    fleet = await startFleet(stage);
    for (const phase of options.phases) {
      if (phase === 'redis' && !stage.redis) {
        out.say('○ redis: skipped (needs redis-server)');
        out.json(JSON.stringify({ faults: 'skipped', phase, reason: 'needs redis-server' }));
        continue;
      }
      const report = await runPhase(stage, fleet, phase, options);
      reports.push(report);
      out.json(jsonLine(report, options));
      const mark = report.faults.length === 0 ? '✓' : '✗';
      out.say(`${mark} ${phase}: ${report.turns} turns in ${report.seconds} s`);
    }
    out.say(`\n${table(reports)}`);
    failed = tellFaults(reports, out);
  } finally {
    await fleet?.end();
    await leave(stage, options.keep || failed, out);
  }
  return failed ? 1 : 0;
}

function tellFaults(reports: readonly PhaseReport[], out: FaultsOutput): boolean {
  const lines = reports.flatMap(faultLines);
  out.say(['', ...lines].join('\n'));
  out.say(
    lines.length === 0
      ? 'Nothing was lost, and nothing was done twice.'
      : `✗ ${reports.reduce((all, { faults }) => all + faults.length, 0)} faults`,
  );
  return lines.length > 0;
}

async function leave(stage: Stage, keep: boolean, out: FaultsOutput): Promise<void> {
  await stage.close(keep);
  if (keep) out.say(`Logs and database are in ${stage.folder}`);
}
