import { describe, expect, it } from 'vitest';
import { readChoice } from './choices.js';
import { options } from './testing/scenes.js';
import { listen } from './text.js';

const shipping = options('Standard delivery', 'Express delivery', 'Pick up');

function choose(said: string, choices = shipping): readonly [unknown, number] | null {
  const reading = readChoice(listen(said), choices);
  return reading && [reading.entities[0]?.value, reading.confidence];
}

describe('choices', () => {
  it.each([
    ['Express delivery', 'express delivery', 0.995],
    ['pick up please', 'pick up', 0.995],
    ['expres delivry', 'express delivery', 0.85],
    ['the second one', 'express delivery', 0.95],
    ['last', 'pick up', 0.95],
    ['we will pick up then', 'pick up', 0.9],
    ['express', 'express delivery', 0.85],
  ])('%j is %s with %d', (said, value, confidence) => {
    const [chosen, sure] = choose(said) ?? [];
    expect(chosen).toBe(value);
    expect(sure).toBeCloseTo(confidence);
  });

  it('are less sure within much else', () => {
    const sure = choose('well I have been thinking about it and perhaps we pick up')?.[1];
    expect(sure).toBeLessThan(0.8);
  });

  it.each(['delivery', 'standard delivery or pick up', 'not express delivery', '7', 'blue', ''])(
    'are not told by %j',
    (said) => {
      expect(choose(said)).toBeNull();
    },
  );

  it('may be none', () => {
    expect(choose('1', [])).toBeNull();
  });

  it('give the value of the option with the place of its name', () => {
    const reading = readChoice(listen('please skip it'), [{ value: { step: 3 }, label: 'Skip' }]);
    expect(reading?.entities).toEqual([
      {
        type: 'choice',
        value: { step: 3 },
        raw: 'skip',
        start: 7,
        end: 11,
        confidence: expect.any(Number),
      },
    ]);
  });
});
