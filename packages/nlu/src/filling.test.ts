import type { Slot } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import {
  assign,
  beginFilling,
  closeness,
  freeText,
  isFree,
  take,
  unfilled,
  type Filling,
} from './filling.js';
import { knowSlot, type KnownSlot } from './slot-lexicon.js';
import { NOW, slot, valuesOf, ZONE } from './testing/scenes.js';
import { listen } from './text.js';

function begin(
  said: string,
  slots: readonly Slot[],
  focus?: Slot,
  from = 0,
): Filling & { readonly at: (i: number) => KnownSlot } {
  const heard = listen(said);
  const known = slots.map((one) => knowSlot(one));
  const filling = beginFilling({
    heard,
    region: { start: from, end: said.length },
    slots: known,
    focus: known.find((one) => one.slot.name === focus?.name) ?? null,
    now: NOW,
    timeZone: ZONE,
    dayFirst: false,
  });
  return {
    ...filling,
    at: (i) => known[i] ?? knowSlot(slot('missing')),
  };
}

const height = slot('height', 'number');
const width = slot('width', 'number');

describe('what is free', () => {
  it('is what nothing took or blocked, within the region', () => {
    const filling = begin('abcdefghij', [height], undefined, 2);
    take(filling, filling.at(0), { value: 1, start: 3, end: 5 }, 0.9);
    filling.blocked.push({ start: 7, end: 8 });
    expect(isFree(filling, { start: 5, end: 7 })).toBe(true);
    for (const [start, end] of [
      [0, 1],
      [1, 3],
      [4, 6],
      [6, 8],
      [9, 11],
      [5, 5],
    ] as const) {
      expect(isFree(filling, { start, end })).toBe(false);
    }
    expect(freeText(filling)).toBe('  c  fg ij');
    expect(unfilled(filling)).toEqual([]);
  });
});

describe('closeness', () => {
  it('falls with the words between, and over a break', () => {
    const near = (said: string, value: string): number => {
      const filling = begin(said, [height, width]);
      const start = said.indexOf(value);
      return closeness(filling, filling.at(0), { start, end: start + value.length });
    };
    expect(near('height 5', '5')).toBe(1);
    expect(near('5 height', '5')).toBe(1);
    expect(near('height is about 5', '5')).toBeLessThan(near('height is 5', '5'));
    expect(near('height, 5', '5')).toBeLessThan(near('height is 5', '5'));
    expect(near('height a b c d e f g h i j 5', '5')).toBe(0);
    expect(near('width 5', '5')).toBe(0);
  });
});

describe('handing out', () => {
  const five = { value: 5, start: 0, end: 1 };
  const six = { value: 6, start: 2, end: 3 };

  function handOut(
    focus: Slot | undefined,
    scores: readonly (readonly [number, typeof five, number])[],
  ): unknown {
    const filling = begin('5 6', [height, width], focus);
    assign(
      filling,
      scores.map(([i, candidate, score]) => ({ known: filling.at(i), candidate, score })),
    );
    return valuesOf(filling.entities);
  }

  it('goes by the best pairing first', () => {
    expect(
      handOut(undefined, [
        [0, five, 0.9],
        [1, five, 0.8],
        [1, six, 0.7],
      ]),
    ).toEqual({ height: 5, width: 6 });
  });

  it('leaves out a slot between two values', () => {
    expect(
      handOut(undefined, [
        [0, five, 0.9],
        [0, six, 0.89],
      ]),
    ).toEqual({});
  });

  it('takes a value that is said twice', () => {
    expect(
      handOut(undefined, [
        [0, five, 0.9],
        [0, { ...six, value: 5 }, 0.9],
      ]),
    ).toEqual({ height: 5 });
  });

  it('leaves out a value between two slots, and those slots with it', () => {
    expect(
      handOut(undefined, [
        [0, five, 0.9],
        [1, five, 0.9],
        [1, six, 0.8],
        [0, six, 0.8],
      ]),
    ).toEqual({});
  });

  it('prefers the slot asked for', () => {
    expect(
      handOut(width, [
        [0, five, 0.9],
        [1, five, 0.9],
      ]),
    ).toEqual({ width: 5 });
  });

  it('takes no guess', () => {
    expect(handOut(undefined, [[0, five, 0.4]])).toEqual({});
  });
});

it('types a value as its slot is', () => {
  const filling = begin('x', [slot('email'), height]);
  take(filling, filling.at(0), { value: 'a@b.co', start: 0, end: 1 }, 1.2);
  expect(filling.entities).toEqual([
    { slot: 'email', type: 'email', value: 'a@b.co', raw: 'x', start: 0, end: 1, confidence: 0.99 },
  ]);
});
