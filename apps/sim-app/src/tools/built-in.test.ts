import { toolList } from '@sim/contracts';
import { describe, expect, it } from 'vitest';
import { builtInTools } from './built-in.js';

const MODEL_TYPES = ['agent', 'evaluator', 'router', 'router_v2'];

describe('the built-in tools', () => {
  it.each([true, false])('are each listed once, as the contract says (model: %s)', (withModel) => {
    const items = builtInTools({ withModel });
    expect(toolList.parse({ items })).toEqual({ items });
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    expect(items.map(({ id }) => id)).toContain('guardrails');
  });

  it('include what a model runs only where there is one', () => {
    const ids = (withModel: boolean) => builtInTools({ withModel }).map(({ id }) => id);
    expect(ids(true)).toEqual(expect.arrayContaining(MODEL_TYPES));
    expect(ids(false).filter((id) => MODEL_TYPES.includes(id))).toEqual([]);
  });
});
