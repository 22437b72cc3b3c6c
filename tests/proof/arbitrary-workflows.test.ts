import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapWorkflow, parseWorkflow } from '@sim/domain';
import { arbitraryCase } from './arbitrary-workflows.js';
import { blocksOf, CONSTRUCTS, edgesOf, ranType } from './constructs.js';
import { canonical, isList, isRecord, own, type Json } from './json.js';
import { readWorkflow } from './raw-workflow.js';
import { interpret, type Case } from './reference-interpreter.js';
import type { Run } from './run-summary.js';

const SEED = 20_260_314;
const CASES = 400;

const cases = fc.sample(arbitraryCase(), { seed: SEED, numRuns: CASES });
const runs = cases.map((given) => ({ given, run: interpret(given) }));

const share = (holds: (given: Case, run: Run) => boolean): number =>
  runs.filter(({ given, run }) => holds(given, run)).length / runs.length;

/** What a generated workflow is not: the rest, such as `dead_end`, is what it is drawn for. */
const UNWANTED = /_missing$|^cycle_|^edge_|^slot_|^wait_|^param_|^nothing_|^no_start/;

describe('generated workflows', { timeout: 60_000 }, () => {
  it(`hold every construct often enough (seed ${SEED})`, () => {
    const measured = CONSTRUCTS.map(({ name, least, holds }) => ({
      name,
      least,
      percent: Math.round(share(holds) * 100),
    }));
    console.log(measured.map(({ name, percent }) => `${percent} %  ${name}`).join('\n'));
    expect(measured.filter(({ least, percent }) => percent < least)).toEqual([]);
  });

  it('have up to 60 blocks, each with an id and a place of its own', () => {
    for (const { document } of cases) {
      const blocks = own(own(document, 'state'), 'blocks');
      const entries = Object.entries(isRecord(blocks) ? blocks : {});
      expect(entries.length).toBeLessThanOrEqual(60);
      for (const [id, block] of entries) expect(own(block, 'id')).toBe(id);
    }
  });

  it('have edges between blocks of one body alone, and no cycles', () => {
    const stray: Json[] = [];
    for (const given of cases) {
      const workflow = readWorkflow(given.document, 'chat');
      const { blocks } = workflow;
      for (const edge of edgesOf(given)) {
        const [source, target] = ['source', 'target'].map((end) =>
          blocks.get(own(edge, end) as string),
        );
        const isInner = target !== undefined && target.parentId === source?.id;
        if (!isInner && target?.parentId !== source?.parentId) stray.push(edge);
      }
      // Orders the blocks, and throws where they go in a circle.
      for (const { id, type } of blocks.values()) if (type === 'loop') workflow.body(id);
    }
    expect(stray).toEqual([]);
  });

  it('are read without a finding, and mapped without a gap', () => {
    const found = new Set<string>();
    for (const { document, children } of cases.slice(0, 100)) {
      for (const each of [document, ...Object.values(children)]) {
        const { workflow, issues } = parseWorkflow(each);
        expect(workflow).not.toBeNull();
        for (const { code } of issues) found.add(code);
        if (!workflow) continue;
        for (const { code } of mapWorkflow(workflow).issues) {
          if (UNWANTED.test(code)) found.add(code);
        }
      }
    }
    expect([...found]).toEqual([]);
  });

  it('survive being written as JSON', () => {
    for (const { document } of cases.slice(0, 50)) {
      expect(canonical(JSON.parse(JSON.stringify(document)) as Json)).toBe(canonical(document));
    }
  });

  it('have odd ids, names that are one, and references of all forms among them', () => {
    const all = cases.map(({ document }) => canonical(document)).join('\n');
    for (const piece of [
      '"__proto__":',
      '"constructor":',
      'ünï ',
      '"BLOCK ',
      '<loop.index>',
      '<parallel.currentItem',
      '<variable.',
      '{{API_KEY}}',
      '{{ base.url }}',
      '<nobody.result>',
      '.data.list[1]>',
      '.nosuch>',
      '.results[0][0]>',
      '.error>',
    ]) {
      expect(all.includes(piece), piece).toBe(true);
    }
  });

  it('read nothing that depends on which block is faster', () => {
    const unsure = runs.flatMap(({ run }) => run.ambiguities).map(({ kind }) => kind);
    expect(
      unsure.filter((kind) => kind.startsWith('unordered') || kind.startsWith('read')),
    ).toEqual([]);
  });

  it('have seldom an outcome that depends on it', () => {
    expect(share((_, run) => run.ambiguities.length > 0)).toBeLessThan(0.1);
  });

  it('shrink to a start alone where anything fails', () => {
    const found = fc.check(
      fc.property(arbitraryCase(), (given) => blocksOf(given).length < 1),
      { seed: SEED, numRuns: 1 },
    );
    const [smallest] = found.counterexample ?? [];
    expect(smallest && blocksOf(smallest).length).toBeLessThanOrEqual(2);
  });

  it('shrink to little where a loop fails', () => {
    const found = fc.check(
      fc.property(arbitraryCase(), (given) => !ranType('loop')(given, interpret(given))),
      { seed: SEED, numRuns: 200 },
    );
    const [smallest] = found.counterexample ?? [];
    expect(smallest && blocksOf(smallest).length).toBeLessThanOrEqual(6);
  });
});

describe('the reference interpreter on generated workflows', { timeout: 60_000 }, () => {
  it('gives the same run twice', () => {
    for (const { given, run } of runs.slice(0, 50)) {
      const again = interpret(given);
      expect([...again.outputs]).toEqual([...run.outputs]);
      expect(again.constraints).toEqual(run.constraints);
    }
  });

  it('orders what ran without a circle', () => {
    for (const { run } of runs) {
      const place = orderOf(run.constraints);
      expect(run.constraints.every(([a, b]) => place.get(a)! < place.get(b)!)).toBe(true);
    }
  });

  it('keeps what is unsure and what is certain within what ran', () => {
    for (const { run } of runs) {
      for (const path of run.maybe) expect(run.ran.has(path)).toBe(true);
      for (const path of run.skipped) expect(run.ran.has(path)).toBe(false);
      if (run.ends.length === 0) expect(isList(run.possibleResults)).toBe(true);
    }
  });
});

/** Places in an order that the pairs allow; those in a circle have none. */
function orderOf(pairs: Run['constraints']): Map<string, number> {
  const open = new Map<string, number>();
  const next = new Map<string, string[]>();
  for (const [a, b] of pairs) {
    open.set(a, open.get(a) ?? 0);
    open.set(b, (open.get(b) ?? 0) + 1);
    next.set(a, [...(next.get(a) ?? []), b]);
  }
  const place = new Map<string, number>();
  const ready = [...open].filter(([, count]) => count === 0).map(([path]) => path);
  for (let path = ready.pop(); path !== undefined; path = ready.pop()) {
    place.set(path, place.size);
    for (const other of next.get(path) ?? []) {
      const left = (open.get(other) ?? 0) - 1;
      open.set(other, left);
      if (left === 0) ready.push(other);
    }
  }
  return place;
}
