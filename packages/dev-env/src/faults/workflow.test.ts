import { mapWorkflow, parseWorkflow } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { createRandom } from './random.js';
import {
  answersOf,
  drawScript,
  effectName,
  faultsWorkflow,
  neededEffects,
  type Script,
} from './workflow.js';

const SCRIPT: Script = {
  ref: 'r1',
  guests: ['Ada', 'Bo'],
  budget: 120,
  note: 'by the gate',
  confirms: true,
};

describe('the workflow of the run', () => {
  const { workflow, issues } = parseWorkflow(faultsWorkflow('http://127.0.0.1:9'));
  if (!workflow) throw new TypeError(JSON.stringify(issues));
  const mapped = mapWorkflow(workflow);

  it('maps without an error', () => {
    const errors = [...issues, ...mapped.issues].filter(({ severity }) => severity === 'error');
    expect(errors).toEqual([]);
  });

  it('has a question, a fork, a loop, a parallel, a wait and writes', () => {
    const kinds = new Set(mapped.journey.states.map(({ kind }) => kind));
    for (const kind of ['start', 'fork', 'loop', 'parallel', 'timer', 'form', 'tool', 'response']) {
      expect(kinds).toContain(kind);
    }
    const writes = mapped.journey.states.flatMap((state) =>
      state.kind === 'tool' && state.sideEffect === 'write' ? [state.blockId] : [],
    );
    expect(writes.toSorted()).toEqual(['book', 'invite', 'large', 'reserve', 'seat', 'small']);
  });

  it('asks for nothing that a script does not answer', () => {
    const asked = mapped.journey.states.flatMap((state) =>
      'slots' in state ? state.slots.map(({ name }) => name) : [],
    );
    expect(asked.toSorted()).toEqual(Object.keys(answersOf(SCRIPT)).toSorted());
  });
});

describe('a script', () => {
  it('tells each effect of its session once', () => {
    expect(neededEffects(SCRIPT)).toEqual([
      'r1 reserve',
      'r1 large',
      'r1 invite Ada',
      'r1 invite Bo',
      'r1 book',
      'r1 seat Ada',
      'r1 seat Bo',
    ]);
    expect(neededEffects({ ...SCRIPT, guests: ['Ada'], budget: 100 })).toContain('r1 small');
  });

  it('is the same for the same chance', () => {
    const draw = () => drawScript('r', createRandom('1:r'));
    expect(draw()).toEqual(draw());
  });

  it('differs between sessions', () => {
    const scripts = Array.from({ length: 50 }, (_, index) =>
      drawScript('r', createRandom(`1:${index}`)),
    );
    expect(new Set(scripts.map(({ guests }) => guests.length))).toEqual(new Set([1, 2, 3]));
    expect(new Set(scripts.map(({ confirms }) => confirms))).toEqual(new Set([true, false]));
    expect(scripts.some(({ budget }) => budget > 100)).toBe(true);
    expect(scripts.some(({ budget }) => budget <= 100)).toBe(true);
  });
});

describe('the name of an effect', () => {
  it('is made of what a call sends', () => {
    expect(effectName({ ref: 'r1', step: 'book' })).toBe('r1 book');
    expect(effectName({ ref: 'r1', step: 'invite', item: 'Ada' })).toBe('r1 invite Ada');
  });

  it('is never an exception', () => {
    expect(effectName(null)).toBe('');
    expect(effectName({ ref: 7, step: { a: 1 } })).toBe('');
  });
});
