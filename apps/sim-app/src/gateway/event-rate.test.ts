import { describe, expect, it } from 'vitest';
import { createEventBudget } from './event-rate.js';

describe('the budget of events', () => {
  function budget() {
    let now = 0;
    const events = createEventBudget({ burst: 3, perSecond: 2 }, () => now);
    const takeAll = (count: number) => Array.from({ length: count }, () => events.take());
    return { events, takeAll, pass: (ms: number) => (now += ms) };
  }

  it('takes a burst, then refuses', () => {
    const { events, takeAll } = budget();
    expect(takeAll(5)).toEqual([true, true, true, false, false]);
    expect(events.refused).toBe(2);
  });

  it('fills as time goes by, up to the burst', () => {
    const { events, takeAll, pass } = budget();
    takeAll(4);
    pass(500);
    expect(takeAll(2)).toEqual([true, false]);
    pass(3_600_000);
    expect(takeAll(4)).toEqual([true, true, true, false]);
    expect(events.refused).toBe(1);
  });
});
