import { describe, expect, it } from 'vitest';
import type { Journey, MappedWorkflow } from '@sim/domain';
import { condition, documentOf, functions } from './hand-written.js';
import { violationsOf } from './laws.js';
import { renamedDocument, renamedJourney, renamingOf } from './renaming.js';
import { Examined, type Trial } from './trial.js';

const document = documentOf(
  {
    ...functions({ a: 'return 1', b: 'return <a.result>' }),
    c: condition('c', 'false', null),
    l: { type: 'loop', data: { loopType: 'for', count: 2 } },
    inner: { in: 'l', params: { code: 'return <loop.index>' } },
    off: { off: true, params: { code: '' } },
  },
  ['start>a>c', 'c:condition-c-1>l', 'l:loop-start-source>inner', 'l>b>off'],
);
const trial: Trial = {
  given: {
    document,
    children: {},
    oracle: { start: {}, env: {}, routes: {}, picks: {}, forms: {} },
  },
  picks: [0],
};

/** A trial of which the mapping has something wrong. */
class Faulty extends Examined {
  readonly #fault: (mapping: MappedWorkflow) => MappedWorkflow;

  constructor(fault: (mapping: MappedWorkflow) => MappedWorkflow) {
    super(trial);
    this.#fault = fault;
  }

  override get mapping(): MappedWorkflow {
    return this.#fault(super.mapping);
  }
}

const faultyJourney = (fault: (journey: Journey) => Journey) =>
  violationsOf(new Faulty((mapping) => ({ ...mapping, journey: fault(mapping.journey) }))).join(
    '\n',
  );

describe('the laws', () => {
  it('hold', () => {
    expect(violationsOf(new Examined(trial))).toEqual([]);
  });

  it('are broken by an output that differs', () => {
    const shown = faultyJourney((journey) => ({
      ...journey,
      states: journey.states.map((state) =>
        state.kind === 'loop' ? { ...state, iterations: 3 } : state,
      ),
    }));
    expect(shown).toContain('block by block: l[2]/inner has an output in the journey alone');
  });

  it('are broken by ways that lead nowhere or back, and by states without one', () => {
    const turned = faultyJourney((journey) => ({
      ...journey,
      transitions: journey.transitions.map((way) =>
        way.to === 'st_c' ? { ...way, from: way.to, to: way.from } : way,
      ),
    }));
    expect(turned).toContain('leads from st_c to st_a');
    expect(turned).toContain('nothing leads to st_c');
  });

  it('are broken by a block or finding that is lost', () => {
    const shown = violationsOf(
      new Faulty((mapping) => ({
        ...mapping,
        issues: mapping.issues.filter(({ code }) => code !== 'block_disabled'),
        provenance: { ...mapping.provenance, nodeStateMappings: {}, coverage: 0.5 },
      })),
    ).join('\n');
    expect(shown).toContain('a can be reached, and has no state');
    expect(shown).toContain('nothing is said of what is left out for block_disabled');
    expect(shown).toContain('the coverage is 0.5');
  });

  it('are broken by what JSON cannot write', () => {
    const shown = faultyJourney((journey) => ({
      ...journey,
      variables: [{ id: 'v', name: 'v', type: 'number', value: Number.NaN }],
    }));
    expect(shown).toContain('the journey is not what JSON makes of it');
  });

  it('are broken by a mapping that hangs on ids', () => {
    const shown = faultyJourney((journey) => ({
      ...journey,
      states: journey.states.map((state) => ({ ...state, label: state.id })),
    }));
    expect(shown).toContain('the renamed workflow has another journey');
  });

  it('are not all checked on every trial', () => {
    const fault = (journey: Journey) => ({ ...journey, description: 'of its own' });
    const faulty = new Faulty((mapping) => ({ ...mapping, journey: fault(mapping.journey) }));
    expect(violationsOf(faulty, 1)).toEqual([]);
    expect(violationsOf(faulty, 4)).not.toEqual([]);
  });
});

describe('renaming', () => {
  it('changes what stands for blocks and edges, and nothing else', () => {
    const rename = renamingOf(document);
    const text = JSON.stringify(renamedDocument(document, rename));
    expect(text).not.toMatch(/"(?:id|source|target|parentId)":"(?:a|b|l|inner|start)"/);
    expect(text).toContain('<a.result>');
    const { journey } = new Examined(trial).mapping;
    const renamed = renamedJourney(journey, rename);
    expect(renamed.states).toHaveLength(journey.states.length);
    expect(renamed.states.map(({ label }) => label)).toEqual(
      journey.states.map(({ label }) => label),
    );
    expect(renamed.states.every(({ id }) => id.startsWith('st_renamed '))).toBe(true);
  });
});
