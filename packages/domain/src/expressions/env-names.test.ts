import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.js';
import type { JourneyState } from '../journey/types.js';
import { envNames } from './env-names.js';

const base = {
  id: 'st_x',
  blockId: 'x',
  blockType: 'api',
  label: 'X',
  refName: 'x',
  description: null,
  outputFields: null,
} as const;

const toolWith = (params: JsonObject): JourneyState => ({
  ...base,
  kind: 'tool',
  params,
  sideEffect: 'none',
  retry: null,
  hasErrorPath: false,
});

describe('envNames', () => {
  it('finds every name once, at any depth', () => {
    const params = {
      a: 'Bearer {{KEY}}',
      b: [{ c: ['{{OTHER}} {{KEY}}'] }, null, 3],
      '{{NOT_A_KEY}}': '<start.name>',
    };
    expect(envNames(toolWith(params)).sort()).toEqual(['KEY', 'OTHER']);
  });

  it('reads the expressions of a fork, and nothing where there is nothing', () => {
    const branches = [
      { id: 'a', title: 'A', expression: '{{LIMIT}} > 1' },
      { id: 'b', title: 'B', expression: null },
    ];
    expect(envNames({ ...base, kind: 'fork', branches })).toEqual(['LIMIT']);
    expect(envNames({ ...base, kind: 'timer', delayMs: 1 })).toEqual([]);
  });

  it('gets through a very long list', () => {
    const list = Array.from({ length: 300_000 }, (_, index) => (index === 0 ? '{{KEY}}' : index));
    expect(envNames(toolWith({ list }))).toEqual(['KEY']);
  });
});
