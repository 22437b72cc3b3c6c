import { expect, it } from 'vitest';
import { quote, quoteAll, pathSegment } from './issue-log.js';
import { FreshIds, spokenName } from './names.js';

it.each([
  ['orderId', 'Order id'],
  ['order_id', 'Order id'],
  ['order-id', 'Order id'],
  ['userURL', 'User URL'],
  ['HTTPStatus', 'HTTP status'],
  ['email', 'Email'],
  ['straßenName', 'Straßen name'],
  ['line1Street', 'Line1 street'],
  ['__', '__'],
  ['😀face', '😀face'],
])('says %s as %s', (identifier, spoken) => {
  expect(spokenName(identifier)).toBe(spoken);
});

it('makes ids that are not taken', () => {
  const ids = new FreshIds(['a', 'a~2']);
  expect(['a', 'a', 'b', 'b', 'a~2'].map((id) => ids.take(id))).toEqual([
    'a~3',
    'a~4',
    'b',
    'b~2',
    'a~2~2',
  ]);
});

it('quotes names on one line and cuts them short', () => {
  expect(quote('two\n lines')).toBe('"two lines"');
  expect(quote('x'.repeat(99))).toBe(`"${'x'.repeat(59)}…"`);
  expect(quote(`${'x'.repeat(58)}😀😀`)).toBe(`"${'x'.repeat(58)}…"`);
  expect(quoteAll(['a', 'b', 'c'], 2)).toBe('"a", "b" and 1 more');
  expect(pathSegment(`a\0${'x'.repeat(100)}`)).toHaveLength(79);
});
