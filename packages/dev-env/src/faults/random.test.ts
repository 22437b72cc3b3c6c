import { describe, expect, it } from 'vitest';
import { createRandom } from './random.js';

const draws = (name: string) => {
  const random = createRandom(name);
  return Array.from({ length: 200 }, () => random.between(1, 6));
};

describe('chance by a name', () => {
  it('draws the same again', () => {
    expect(draws('7:kills')).toEqual(draws('7:kills'));
  });

  it('draws something else by another name', () => {
    expect(draws('7:kills')).not.toEqual(draws('8:kills'));
    expect(draws('7:kills')).not.toEqual(draws('7:redis'));
  });

  it('stays within the bounds and reaches both', () => {
    expect(new Set(draws('die'))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });

  it('is true about as often as asked for', () => {
    const random = createRandom('coin');
    const heads = Array.from({ length: 2_000 }, () => random.chance(0.25)).filter(Boolean).length;
    expect(heads).toBeGreaterThan(400);
    expect(heads).toBeLessThan(600);
  });

  it('picks each of the items', () => {
    const random = createRandom('pick');
    const picked = new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c'])));
    expect(picked).toEqual(new Set(['a', 'b', 'c']));
  });
});
