import { writeFileSync } from 'node:fs';

/** Writes `{passed, failed, skipped: [{name, reason}]}` to the file that SIM_TEST_REPORT names. */
export default class CountingReporter {
  onTestRunEnd(modules) {
    const counts = { passed: 0, failed: 0, skipped: [] };
    for (const module of modules) {
      // A file that cannot be loaded, or whose hooks fail, has no failing test of its own.
      if (module.errors().length > 0) counts.failed += 1;
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
      for (const test of module.children.allTests()) count(counts, module, test);
    }
    writeFileSync(process.env.SIM_TEST_REPORT, JSON.stringify(counts));
  }
}

function count(counts, module, test) {
  const result = test.result();
  if (result.state === 'passed') counts.passed += 1;
  else if (result.state === 'failed') counts.failed += 1;
  else {
    const name = `${module.relativeModuleId} > ${test.fullName}`;
    counts.skipped.push({ name, reason: result.note ?? reasonInName(test.fullName) });
  }
}

/** A suite that is skipped as a whole says why in its name: "… (needs redis-server)". */
function reasonInName(name) {
  return /\((needs [^)]+)\)/.exec(name)?.[1] ?? 'no reason given';
}
