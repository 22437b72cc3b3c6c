import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogueTypes, entryOf } from '../catalogue/catalogue.js';
import type { JsonObject, JsonValue } from '../json.js';
import type { Slot } from '../journey/types.js';
import type { Block } from '../workflow/types.js';
import { fillGaps, gapsOf, type Gaps } from './gaps.js';
import { sideEffectOf } from './side-effects.js';

const type = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...catalogueTypes()) },
  fc.constantFrom('acme_crm', '__proto__', 'constructor'),
);

const value: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(null, '', '[]', '{}', '<start.x>', '{{KEY}}', 'text', true, 7),
  fc.jsonValue({ maxDepth: 3 }).map((json) => json as JsonValue),
);

/** A block of the type with some of its own parameters and some that it does not have. */
const drawn: fc.Arbitrary<Block> = type.chain((name) => {
  const params = entryOf(name)?.params ?? [];
  const keys = params.flatMap(({ id, advanced }) => (advanced === null ? [id] : [id, advanced]));
  const key = fc.oneof(
    fc.constantFrom(...keys, 'apiKey', 'title', '__proto__', 'constructor'),
    fc.string({ maxLength: 8 }),
  );
  const operation = params.find(({ id }) => id === 'operation')?.options ?? [];
  const base =
    operation.length > 0
      ? fc.constantFrom(...operation).map((id): JsonObject => ({ operation: id }))
      : fc.constant<JsonObject>({});
  const kind = fc.constantFrom(
    'short-input',
    'table',
    'switch',
    'oauth-input',
    'text',
    '__proto__',
  );
  return fc
    .tuple(
      base,
      fc.dictionary(key, value, { maxKeys: 12 }),
      fc.dictionary(key, kind, { maxKeys: 12 }),
      fc.boolean(),
    )
    .map(([chosen, given, kinds, triggerMode]) => ({
      ...{
        id: 'b',
        type: name,
        name: 'B',
        enabled: true,
        outputs: {},
        retry: null,
        parentId: null,
      },
      ...{ triggerMode, errorEnabled: false, params: { ...given, ...chosen }, kinds },
    }));
});

const keysOf = ({ slots, secrets, authors }: Gaps) => [
  ...slots.map(({ name }) => name),
  ...secrets,
  ...authors,
];

/** An answer that the slot accepts. */
function answerTo({ type: slotType, options }: Slot): JsonValue {
  if (options?.[0]) return options[0].value;
  switch (slotType) {
    case 'number':
      return 1;
    case 'boolean':
      return false;
    case 'object':
      return { a: 1 };
    case 'array':
      return ['a'];
    case 'file[]':
      return [{ name: 'a.txt' }];
    case 'string':
      return 'x';
    default:
      return slotType satisfies never;
  }
}

describe('gaps of any block', () => {
  it('are found without a throw, each once, and twice the same', () => {
    fc.assert(
      fc.property(drawn, (block) => {
        const gaps = gapsOf(block);
        const keys = keysOf(gaps);
        expect(new Set(keys).size).toBe(keys.length);
        expect(gapsOf(block)).toEqual(gaps);
        expect(gaps.slots.map(({ name }) => name)).toEqual(
          expect.arrayContaining([...gaps.picked]),
        );
        expect(['none', 'read', 'write']).toContain(sideEffectOf(block, {}));
      }),
      { numRuns: 500 },
    );
  });

  it('never ask for a password, key or account', () => {
    fc.assert(
      fc.property(drawn, (block) => {
        const secret = new Set(
          (entryOf(block.type)?.params ?? []).filter((p) => p.secret).map(({ id }) => id),
        );
        for (const { name } of gapsOf(block).slots) {
          expect(secret.has(name)).toBe(false);
          expect(name).not.toMatch(/^(?:api_?key|password|credential|manualCredential|botToken)$/i);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are gone once they are answered, and nothing else has changed', () => {
    fc.assert(
      fc.property(drawn, (block) => {
        // An answer may bring further needs, of which there are finitely many.
        let params = block.params;
        let open: readonly Slot[] = [];
        for (let round = 0; round < 6; round += 1) {
          open = gapsOf({ ...block, params }).slots;
          const answers = Object.fromEntries(open.map((slot) => [slot.name, answerTo(slot)]));
          const filled = fillGaps(params, answers);
          for (const key of Object.keys(params)) {
            if (!Object.hasOwn(answers, key)) expect(filled[key]).toEqual(params[key]);
          }
          params = filled;
        }
        expect(open).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
