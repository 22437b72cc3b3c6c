import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ISSUE_CATALOGUE, mapWorkflow, parseWorkflow, toMermaid } from '@sim/domain';

const corpus = fileURLToPath(new URL('../../shared/workflows/', import.meta.url));
const isThere = existsSync(corpus);
if (!isThere) console.warn(`Skipped: there is no corpus of real workflows at ${corpus}`);
const files = isThere ? readdirSync(corpus).filter((name) => name.endsWith('.json')) : [];
const yaml = files.filter((name) => name.startsWith('sim-docs-yaml-'));

const read = (file: string): unknown => JSON.parse(readFileSync(`${corpus}${file}`, 'utf8'));

const map = (file: string) => {
  const parsed = parseWorkflow(read(file));
  if (!parsed.workflow) throw new TypeError(`${file}: ${parsed.issues[0]?.message ?? ''}`);
  const mapped = mapWorkflow(parsed.workflow, { knownTypes: new Set(['api', 'function']) });
  const issues = [...parsed.issues, ...mapped.issues];
  return { ...mapped, issues, workflow: parsed.workflow, codes: issues.map(({ code }) => code) };
};

describe.skipIf(!isThere)('the corpus of real workflows', () => {
  it('is there', () => {
    expect(files.length).toBeGreaterThan(yaml.length);
    expect(yaml.length).toBeGreaterThan(0);
  });

  it.each(files)('%s becomes a journey that starts', (file) => {
    const { journey, provenance, issues } = map(file);
    expect(journey.initial).toBe(journey.states[0]?.id);
    expect(journey.states[0]?.kind).toBe('start');
    expect(journey.states.length).toBeGreaterThan(1);
    expect(provenance.coverage).toBe(1);
    for (const { code } of issues) expect(Object.hasOwn(ISSUE_CATALOGUE, code)).toBe(true);
    const arrows = toMermaid(journey)
      .split('\n')
      .filter((line) => line.includes('-->'));
    expect(arrows.length).toBeGreaterThan(journey.transitions.length);
  });

  it.each(files)('%s maps to the same bytes again', (file) => {
    expect(JSON.stringify(map(file))).toBe(JSON.stringify(map(file)));
  });

  it.each(yaml)('%s is connected from its start to its last block', (file) => {
    const { workflow, journey, codes } = map(file);
    expect(workflow.envelope).toBe('yaml');
    const reached = new Set(workflow.edges.map(({ target }) => target));
    const [start, ...others] = workflow.blocks.map(({ id }) => id);
    expect(start).toBe('start');
    expect(others.filter((id) => !reached.has(id))).toEqual([]);
    expect(journey.states.length).toBeGreaterThanOrEqual(workflow.blocks.length);
    expect(codes).not.toContain('block_unreachable');
  });

  it.each([
    ['sim-fixture-invalid-workflow.json', 'executor_missing'],
    ['sim-fixture-invalid-serialized-workflow.json', 'executor_missing'],
    ['sim-fixture-loop-workflow.json', 'cycle_outside_container'],
    ['sim-fixture-loop-workflow.json', 'container_map_mismatch'],
    ['sim-pr-financial-expense-approval-workflow.json', 'condition_syntax_error'],
    ['sim-exec-nested-router-condition.json', 'param_missing'],
    ['sim-landing-brand-mention.json', 'secret_missing'],
  ])('%s: %s', (file, code) => {
    expect(map(file).codes).toContain(code);
  });

  it('waits for two days where the preview says so', () => {
    const { journey } = map('sim-docs-preview-wait-followup.json');
    expect(journey.states[2]).toMatchObject({ kind: 'timer', delayMs: 172_800_000 });
  });

  it('asks a chat for its message alone', () => {
    const { journey } = map('sim-landing-knowledge-base-qa.json');
    expect(journey.states[0]).toMatchObject({
      slots: [
        { name: 'input', required: true },
        { name: 'conversationId', required: false },
        { name: 'files', required: false },
      ],
    });
  });

  it('leads both ways out of a condition, under whichever handle', () => {
    const branchesOf = (file: string) =>
      map(file).journey.transitions.flatMap(({ branchId }) => branchId ?? []);
    expect(branchesOf('sim-fixture-conditional-workflow.json')).toEqual(['true', 'false']);
    expect(branchesOf('sim-docs-preview-condition-route.json')).toEqual(['if', 'else']);
    expect(branchesOf('sim-exec-parallel-handler-routing.json')).toEqual(['test-if', 'test-else']);
  });
});
