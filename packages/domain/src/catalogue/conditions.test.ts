import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../json.js';
import { decidedText, holds } from './conditions.js';
import type { Condition } from './types.js';

const on = (param: string, values: string[], and: Condition | null = null): Condition => ({
  ...{ param, values: new Set(values), not: false, and },
});
const no = (condition: Condition): Condition => ({ ...condition, not: true });

const sends = on('operation', ['send', 'reply']);
const notSends = no(sends);

const test = (condition: Condition, values: Record<string, JsonValue>) =>
  holds(condition, (param) => decidedText(values[param]));

describe('a condition', () => {
  it('holds for one of its values', () => {
    expect(test(sends, { operation: 'reply' })).toBe(true);
    expect(test(sends, { operation: ' send ' })).toBe(true);
    expect(test(sends, { operation: 'read' })).toBe(false);
    expect(test(on('operation', ['read']), { operation: 'read' })).toBe(true);
  });

  it('is turned around by not', () => {
    expect(test(notSends, { operation: 'read' })).toBe(true);
    expect(test(notSends, { operation: 'send' })).toBe(false);
  });

  it('takes every link of its chain', () => {
    const dm = on('operation', ['send'], no(on('to', ['dm'])));
    expect(test(dm, { operation: 'send', to: 'channel' })).toBe(true);
    expect(test(dm, { operation: 'send', to: 'dm' })).toBe(false);
    expect(test(dm, { operation: 'read', to: 'channel' })).toBe(false);
  });

  it('compares numbers and booleans as the editor keeps them', () => {
    expect(test(on('on', ['true']), { on: true })).toBe(true);
    expect(test(on('n', ['5']), { n: 5 })).toBe(true);
  });

  it.each<[string, JsonValue | undefined]>([
    ['nothing', undefined],
    ['null', null],
    ['blanks', '  '],
    ['a reference', '<start.operation>'],
    ['a secret', '{{OPERATION}}'],
    ['a list', ['send']],
    ['an object', { send: true }],
  ])('neither holds nor fails to on %s', (_, value) => {
    const values: Record<string, JsonValue> = value === undefined ? {} : { operation: value };
    expect(test(sends, values)).toBe(false);
    expect(test(notSends, values)).toBe(false);
  });
});
