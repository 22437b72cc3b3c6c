import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../json.js';
import type { Slot } from '../journey/types.js';
import { block, codes, edge } from '../workflow/testing/exports.js';
import { mapped } from './testing/mapped.js';

const slotsOf = (inputFormat: unknown, type = 'start_trigger'): readonly Slot[] => {
  const [state] = mapped([block('s', type, { inputFormat })]).journey.states;
  return state?.kind === 'start' ? state.slots : [];
};
const slotOf = (field: JsonObject): Slot | undefined => slotsOf([{ name: 'field', ...field }])[0];

describe('a field', () => {
  it('becomes a slot', () => {
    const field = {
      id: 'f1',
      name: 'orderId',
      type: 'string',
      value: '',
      description: ' The order ',
    };
    expect(slotsOf([field])).toEqual([
      {
        name: 'orderId',
        label: 'Order id',
        type: 'string',
        format: null,
        description: 'The order',
        required: true,
        default: null,
        options: null,
      },
    ]);
  });

  it.each([
    ['string', 'x', 'x'],
    ['string', 5, '5'],
    ['string', { a: 1 }, '{"a":1}'],
    ['number', '42', 42],
    ['number', 0, 0],
    ['boolean', 'false', false],
    ['boolean', true, true],
    ['object', '{"a":1}', { a: 1 }],
    ['array', '[1]', [1]],
    ['array', [1, 2], [1, 2]],
  ])('of type %s takes the default %j as %j and is not required', (type, value, expected) => {
    expect(slotOf({ type, value })).toMatchObject({ type, default: expected, required: false });
  });

  it.each([
    ['number', 'many'],
    ['boolean', 'perhaps'],
    ['object', '[1]'],
    ['object', '{'],
    ['array', '{}'],
    ['array', `${'['.repeat(100)}${']'.repeat(100)}`],
  ])('of type %s has no default of %j', (type, value) => {
    const { issues, journey } = mapped([
      block('s', 'starter', { inputFormat: [{ name: 'f', type, value }] }),
    ]);
    expect(codes(issues)).toEqual(['slot_default_invalid']);
    expect(journey.states[0]).toMatchObject({ slots: [{ default: null, required: true }] });
  });

  it.each([
    [{ required: false }, false],
    [{ required: 'false' }, false],
    [{ required: true, value: 'x' }, true],
    [{ required: 'soon' }, true],
    [{ type: 'file[]' }, false],
    [{ type: 'file[]', required: true }, true],
  ])('%j is required: %s', (field, required) => {
    expect(slotOf(field)?.required).toBe(required);
  });

  it.each([
    ['Integer', 'number'],
    ['bool', 'boolean'],
    ['json', 'object'],
    ['list', 'array'],
    ['files', 'file[]'],
    [null, 'string'],
    ['constructor', 'string'],
  ])('of type %s is asked for as %s', (type, expected) => {
    expect(slotOf({ type })?.type).toBe(expected);
  });

  it('of an unknown type is reported', () => {
    const { issues } = mapped([
      block('s', 'starter', { inputFormat: [{ name: 'f', type: 'colour' }] }),
    ]);
    expect(issues).toMatchObject([{ code: 'slot_type_unknown', severity: 'info' }]);
  });

  it.each<[JsonValue, unknown]>([
    [
      ['a', 2, true],
      [
        { value: 'a', label: 'a' },
        { value: 2, label: '2' },
        { value: true, label: 'true' },
      ],
    ],
    [
      [
        { id: 'x', label: 'Ex' },
        { value: 0, name: 'None' },
      ],
      [
        { value: 'x', label: 'Ex' },
        { value: 0, label: 'None' },
      ],
    ],
    [
      '["a","b","a"]',
      [
        { value: 'a', label: 'a' },
        { value: 'b', label: 'b' },
      ],
    ],
    [
      'a, b\nc,',
      [
        { value: 'a', label: 'a' },
        { value: 'b', label: 'b' },
        { value: 'c', label: 'c' },
      ],
    ],
    [[], null],
    ['', null],
    [[{}, null, ''], null],
    [7, null],
  ])('has the options %j', (options, expected) => {
    expect(slotOf({ options })?.options ?? null).toEqual(expected);
  });

  it('is called by its label, and described by its placeholder too', () => {
    expect(
      slotOf({ label: 'Your order', description: 'Number', placeholder: 'A-1' }),
    ).toMatchObject({
      label: 'Your order',
      description: 'Number (A-1)',
    });
    expect(slotOf({ placeholder: 'A-1' })?.description).toBe('A-1');
  });

  it.each([
    ['customerEmail', 'email'],
    ['email_address', 'email'],
    ['emailBody', null],
    ['phoneNumber', 'phone'],
    ['websiteUrl', 'url'],
    ['deliveryDate', 'date'],
    ['date-of-birth', 'date'],
    ['startTime', 'time'],
    ['leadTime', null],
    ['createdTimestamp', 'date-time'],
    ['update', null],
    ['candidate', null],
  ])('called %s is held to be a %s', (name, format) => {
    expect(slotsOf([{ name, type: 'string' }])[0]?.format).toBe(format);
  });

  it.each([
    [{ description: 'as YYYY-MM-DD' }, 'date'],
    [{ description: 'YYYY-MM-DD HH:MM' }, 'date-time'],
    [{ description: 'HH:MM, please' }, 'time'],
    [{ description: 'Your e-mail address' }, 'email'],
    [{ description: 'A phone number to reach you at' }, 'phone'],
    [{ description: 'The URL of the shop' }, 'url'],
    [{ description: 'Free text' }, null],
    [{ format: 'time' }, 'time'],
    [{ format: 'colour' }, null],
    [{ format: 'date', type: 'number' }, null],
    [{ format: 'date', options: ['today'] }, null],
  ])('%j has the format %s', (field, format) => {
    expect(slotOf(field)?.format).toBe(format);
  });
});

describe('an input format', () => {
  it('may be the JSON text of a list', () => {
    expect(slotsOf('[{"name":"a"},{"name":"b","type":"number"}]')).toMatchObject([
      { name: 'a' },
      { name: 'b', type: 'number' },
    ]);
  });

  it.each([[null], [''], [[]], [{}], [[{ name: '', value: '' }]]])(
    '%j asks for nothing',
    (format) => {
      const { issues, journey } = mapped([block('s', 'starter', { inputFormat: format })]);
      expect(journey.states[0]).toMatchObject({ slots: [] });
      expect(issues).toEqual([]);
    },
  );

  it.each([['no list'], [5], [{ a: 1 }], [[5]], [[{ value: 'x' }]]])('%j is reported', (format) => {
    expect(codes(mapped([block('s', 'starter', { inputFormat: format })]).issues)).toEqual([
      'slot_invalid',
    ]);
  });

  it('names each field once', () => {
    const result = mapped([
      block('s', 'starter', { inputFormat: [{ name: 'a' }, { name: ' a ' }] }),
    ]);
    expect(codes(result.issues)).toEqual(['slot_duplicate']);
  });

  it('of a chat asks for the input alone', () => {
    const format = ['input', 'conversationId', 'files'].map((name) => ({
      name,
      type: name === 'files' ? 'file[]' : 'string',
      value: '',
    }));
    const required = (type: string) => slotsOf(format, type).map((slot) => slot.required);
    expect(required('start_trigger')).toEqual([true, false, false]);
    expect(required('api_trigger')).toEqual([true, true, false]);
  });
});

describe('a start that declares nothing', () => {
  const read = (text: string) => block('reader', 'agent', { prompt: text });

  it('is asked for what blocks read from it', () => {
    const text =
      '<start.input> <start.order.id> <start.rows[0]> <start.order> <start.files[0].name> <other.x>';
    const { journey, issues } = mapped(
      [block('start', 'start_trigger'), read(text)],
      [edge('start', 'reader')],
    );
    expect(journey.states[0]).toMatchObject({
      slots: [
        { name: 'input', type: 'string', required: true },
        { name: 'order', type: 'object', required: true },
        { name: 'rows', type: 'array', required: true },
        { name: 'files', type: 'file[]', required: false },
      ],
    });
    expect(codes(issues).filter((code) => code === 'start_field_inferred')).toHaveLength(4);
  });

  it('is found as <start> too', () => {
    const webhook = block('w', 'webhook', {}, { name: 'My hook' });
    const { journey, issues } = mapped(
      [webhook, read('<start.a> <myhook.b>')],
      [edge('w', 'reader')],
    );
    expect(journey.states[0]).toMatchObject({ slots: [{ name: 'a' }, { name: 'b' }] });
    expect(codes(issues)).toEqual(['start_field_inferred', 'start_field_inferred']);
  });

  it('is asked for the message where it is a chat', () => {
    expect(slotsOf(undefined, 'chat_trigger')).toMatchObject([{ name: 'input', required: true }]);
    expect(slotsOf(undefined, 'start_trigger')).toEqual([]);
  });

  it('is not asked for what unreachable blocks read', () => {
    const { journey } = mapped([block('start', 'start_trigger'), read('<start.x>')]);
    expect(journey.states[0]).toMatchObject({ slots: [] });
  });

  it('asks for the payload of a trigger by the types that it declares', () => {
    const outputs = {
      amount: { type: 'number', description: 'the sum' },
      lines: { type: 'array' },
      note: 'string',
      odd: { type: 'any' },
    };
    const hook = block('hook', 'generic_webhook', {}, { outputs });
    const work = block('work', 'function', {
      code: '<hook.amount> <hook.lines> <hook.note> <hook.odd.deep>',
    });
    const [start] = mapped([hook, work], [edge('hook', 'work')]).journey.states;
    const slots = start?.kind === 'start' ? start.slots : [];
    expect(slots.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'amount number',
      'lines array',
      'note string',
      'odd object',
    ]);
  });
});
