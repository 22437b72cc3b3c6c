import { mapWorkflow, parseWorkflow, type Issue } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { summaryLines } from './summary.js';

const block = (id: string, type: string, more: object = {}) => ({
  id,
  type,
  name: id,
  enabled: true,
  config: { params: {} },
  ...more,
});

function mapped(blocks: object[], edges: [string, string][]) {
  const document = {
    name: 'Small',
    blocks,
    connections: edges.map(([source, target]) => ({ source, target })),
  };
  const { workflow, issues } = parseWorkflow(document);
  const made = mapWorkflow(workflow!);
  return { ...made, issues: [...issues, ...made.issues] };
}

const rowsOf = (lines: readonly string[]) =>
  Object.fromEntries(lines.map((line) => line.trim().split(/ {2,}/, 2) as [string, string]));

const found: Issue = {
  code: 'some_code',
  severity: 'warning',
  blockId: 'b1',
  message: 'Something is odd.',
  hint: 'Look at it.',
};

describe('the summary of a workflow', () => {
  const small = mapped(
    [
      block('start', 'starter'),
      block('a', 'response'),
      block('b', 'response', { enabled: false }),
      block('n', 'note'),
    ],
    [
      ['start', 'a'],
      ['start', 'b'],
    ],
  );

  it('counts what was mapped, to what, and what was not', () => {
    const lines = summaryLines('small.json', { ...small, issues: [] });
    expect(lines[0]).toBe('Small');
    expect(rowsOf(lines)).toMatchObject({
      file: 'small.json',
      states: '2: 1 start, 1 response',
      transitions: '1: 1 next',
      issues: 'no issues',
    });
    expect(rowsOf(lines).coverage).toMatch(
      /^100 %: 2 blocks and 1 edge mapped, 3 left out \(2 block_disabled, 1 block_note\)$/,
    );
    expect(rowsOf(lines)).not.toHaveProperty('calls');
  });

  it('says 100 % of nothing less', () => {
    const provenance = { ...small.provenance, coverage: 0.99999 };
    const lines = summaryLines('small.json', { ...small, provenance });
    expect(rowsOf(lines).coverage).toMatch(/^99.9 %/);
  });

  it('lists every finding with code, block and hint', () => {
    const lines = summaryLines('small.json', { ...small, issues: [found] });
    expect(rowsOf(lines).issues).toBe('1 warning');
    expect(lines.slice(-4)).toEqual([
      '',
      '! warning some_code (block b1)',
      '  Something is odd.',
      '  → Look at it.',
    ]);
  });

  it('names the workflows that are called', () => {
    const child = {
      key: 'k',
      workflowId: 'w',
      name: 'Kid',
      version: '',
      initial: null,
      variables: [],
    };
    const journey = { ...small.journey, children: [child] };
    expect(rowsOf(summaryLines('small.json', { ...small, journey })).calls).toBe('Kid');
  });

  it('says where there is no journey, and why', () => {
    const lines = summaryLines('odd.json', { journey: null, provenance: null, issues: [found] });
    expect(lines.slice(0, 3)).toEqual(['No journey', '  file    odd.json', '  issues  1 warning']);
    expect(lines).toContain('  Something is odd.');
  });
});
