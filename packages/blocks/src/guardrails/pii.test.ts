import type { JsonObject, JsonValue } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { guardrailsBlock } from '../guardrails.js';
import { Sandbox } from '../sandbox/sandbox.js';
import { contextOf, failureOf, outputOf } from '../testing/context.js';

const block = guardrailsBlock({ sandbox: new Sandbox(), model: null });

const check = async (input: string, params: JsonObject = {}): Promise<JsonObject> =>
  (await outputOf(block, { validationType: 'pii', input, ...params })) as JsonObject;

interface Entity {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
  readonly text: string;
}
const entitiesOf = ({ detectedEntities }: JsonObject) =>
  detectedEntities as unknown as readonly Entity[];

/** What is found of one type in a text. */
async function found(type: string, input: string): Promise<string[]> {
  const output = await check(input, { piiEntityTypes: [type] });
  const entities = entitiesOf(output);
  for (const { start, end, text, score } of entities) {
    expect(input.slice(start, end)).toBe(text);
    expect(score).toBeGreaterThan(0);
  }
  expect(output.passed).toBe(entities.length === 0);
  return entities.map(({ text }) => text);
}

describe('personal data', () => {
  it.each([
    ['EMAIL_ADDRESS', 'Write to bob.b+x@mail.example.co.uk, please', 'bob.b+x@mail.example.co.uk'],
    ['EMAIL_ADDRESS', 'mailto:jörg@bücher.de.', 'jörg@bücher.de'],
    ['EMAIL_ADDRESS', '..bob@ex.org', 'bob@ex.org'],
    ['PHONE_NUMBER', 'Call (213) 373-4253 now', '(213) 373-4253'],
    ['PHONE_NUMBER', 'or +44 20 7946 0958', '+44 20 7946 0958'],
    ['CREDIT_CARD', 'card 4111 1111 1111 1111 12/27', '4111 1111 1111 1111'],
    ['CREDIT_CARD', 'order 12 5500-0000-0000-0004', '5500-0000-0000-0004'],
    ['CREDIT_CARD', '378282246310005', '378282246310005'],
    ['IBAN_CODE', 'to DE89 3704 0044 0532 0130 00 AND soon', 'DE89 3704 0044 0532 0130 00'],
    ['IBAN_CODE', 'gb29nwbk60161331926819', 'gb29nwbk60161331926819'],
    ['IP_ADDRESS', 'from 192.168.0.1.', '192.168.0.1'],
    ['IP_ADDRESS', '[2001:db8::ff00:42:8329]:443', '2001:db8::ff00:42:8329'],
    ['IP_ADDRESS', 'at ::ffff:10.0.0.1', '::ffff:10.0.0.1'],
    ['URL', 'see https://example.com/a?b=c#d.', 'https://example.com/a?b=c#d'],
    ['URL', 'on www.example.org (here)', 'www.example.org'],
    ['CRYPTO', 'send 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2'],
    ['MEDICAL_LICENSE', 'DEA AB1234563', 'AB1234563'],
    ['VIN', 'car 1M8GDM9AXKP042788', '1M8GDM9AXKP042788'],
    ['US_SSN', 'it is 536-90-4399', '536-90-4399'],
    ['US_SSN', 'my social security number: 536904399', '536904399'],
    ['US_ITIN', 'it is 912-72-1234', '912-72-1234'],
    ['UK_NHS', 'NHS 943 476 5919', '943 476 5919'],
    ['UK_NINO', 'NI AB 12 34 56 C', 'AB 12 34 56 C'],
    ['ES_NIF', 'DNI 12345678Z', '12345678Z'],
    ['ES_NIE', 'NIE X-2482300-W', 'X-2482300-W'],
    ['IT_FISCAL_CODE', 'RSSMRA85T10A562S', 'RSSMRA85T10A562S'],
    ['IT_VAT_CODE', 'P.IVA 00743110157', '00743110157'],
    ['PL_PESEL', 'PESEL 44051401359', '44051401359'],
    ['SG_NRIC_FIN', 'S1234567D', 'S1234567D'],
    ['SG_UEN', '00192200M', '00192200M'],
    ['AU_ABN', 'ABN 83 914 571 673', '83 914 571 673'],
    ['AU_ACN', 'ACN 004 085 616', '004 085 616'],
    ['AU_TFN', 'TFN 123 456 782', '123 456 782'],
    ['AU_MEDICARE', 'card 2123 45670 1', '2123 45670 1'],
    ['IN_PAN', 'PAN ACUPA7085R', 'ACUPA7085R'],
    ['IN_AADHAAR', '2341 2341 2346', '2341 2341 2346'],
    ['IN_VOTER', 'WKH1186253', 'WKH1186253'],
    ['FI_PERSONAL_IDENTITY_CODE', 'hetu 131052-308T', '131052-308T'],
  ])('%s is found in "%s"', async (type, input, text) => {
    expect(await found(type, input)).toEqual([text]);
  });

  it.each([
    ['EMAIL_ADDRESS', 'bob@localhost, @bob, bob@, a @ b.c'],
    ['PHONE_NUMBER', 'order 12345678, 2024-01-15, 10.000,00'],
    ['CREDIT_CARD', '4111 1111 1111 1112 or 1234 5678 9012 3456'],
    ['CREDIT_CARD', '41111111111111110000000000'],
    ['IBAN_CODE', 'DE89 3704 0044 0532 0130 01, XX00 1234 1234 1234 1234'],
    ['IP_ADDRESS', '256.1.1.1, 1.2.3, 1.2.3.4.5, 12:30, std::vector, ::'],
    ['URL', 'end.Then e.g. 3.14 and/or'],
    ['CRYPTO', '1234567890123456789012345678901234567890'],
    ['MEDICAL_LICENSE', 'AB1234567'],
    ['VIN', '1M8GDM9A1KP042788 11111111111111111'],
    ['US_SSN', '666-12-3456, 078-05-1120, 000-12-3456, invoice 536904399'],
    ['US_ITIN', '912-12-1234'],
    ['UK_NHS', '943 476 5918'],
    ['UK_NINO', 'GB 12 34 56 C'],
    ['ES_NIF', '12345678A'],
    ['ES_NIE', 'X2482300A'],
    ['IT_FISCAL_CODE', 'RSSMRA85T10A562T'],
    ['PL_PESEL', '44051401358'],
    ['SG_NRIC_FIN', 'S1234567A'],
    ['AU_TFN', '123 456 789'],
    ['IN_AADHAAR', '2341 2341 2347'],
    ['FI_PERSONAL_IDENTITY_CODE', '131052-308U'],
  ])('%s is not found in "%s"', async (type, input) => {
    expect(await found(type, input)).toEqual([]);
  });

  it('is looked for in all forms where none is named', async () => {
    const output = await check('bob@ex.org, 4111111111111111, PESEL 44051401359');
    const types = entitiesOf(output).map(({ type }) => type);
    expect(types).toEqual(['EMAIL_ADDRESS', 'CREDIT_CARD']);
    expect(output).toMatchObject({ passed: false, validationType: 'pii' });
    expect(output.error).toContain('EMAIL_ADDRESS, CREDIT_CARD');
    expect(output).not.toHaveProperty('maskedText');
  });

  it('is that of the countries where the language is spoken', async () => {
    const output = await check('PESEL 44051401359, tel. 22 123 45 67', { piiLanguage: 'pl' });
    expect(entitiesOf(output).map(({ type }) => type)).toEqual(['PL_PESEL', 'PHONE_NUMBER']);
  });

  it('passes where there is none', async () => {
    expect(await check('The weather is fine.')).toMatchObject({
      passed: true,
      detectedEntities: [],
    });
    expect(await check('')).toMatchObject({ passed: true });
  });
});

describe('types that cannot be looked for', () => {
  it('are said where everything is asked for', async () => {
    const { unsupportedEntityTypes, passed } = await check('Ada Lovelace');
    expect(unsupportedEntityTypes).toContain('PERSON');
    expect(passed).toBe(true);
  });

  it.each<[JsonValue]>([[['PERSON', 'URL']], ['["person","url"]'], [['MADE_UP']]])(
    'are never passed where they are asked for by name: %j',
    async (piiEntityTypes) => {
      for (const piiMode of ['block', 'mask']) {
        const output = await check('Ada Lovelace', { piiEntityTypes, piiMode });
        expect(output.passed).toBe(false);
        expect(output.unsupportedEntityTypes).toHaveLength(1);
        expect(output.error).toMatch(/cannot be looked for: (?:PERSON|MADE_UP)/);
      }
    },
  );
});

describe('masking', () => {
  it('puts the type in the place of what is found, and passes', async () => {
    const output = await check('Mail bob@ex.org or call +44 20 7946 0958.', { piiMode: 'mask' });
    expect(output).toMatchObject({
      passed: true,
      maskedText: 'Mail <EMAIL_ADDRESS> or call <PHONE_NUMBER>.',
    });
    expect(output).not.toHaveProperty('error');
  });

  it.each([
    ['213-373-4253, 213-373-4254', '<PHONE_NUMBER>, <PHONE_NUMBER>'],
    ['213-373-4253;213-373-4254;', '<PHONE_NUMBER>;<PHONE_NUMBER>;'],
    ['213-373-4253 ext. 12', '<PHONE_NUMBER>'],
    ['a@b.de,c@d.eu;e@f.fr', '<EMAIL_ADDRESS>,<EMAIL_ADDRESS>;<EMAIL_ADDRESS>'],
  ])('masks every one of a list: %s', async (input, masked) => {
    expect(await check(input, { piiMode: 'mask' })).toMatchObject({ maskedText: masked });
  });

  it('takes no number for the extension of another', async () => {
    const { maskedText } = await check('213-373-4253 #213-373-4254', { piiMode: 'mask' });
    expect(maskedText).not.toMatch(/\d/);
  });

  it('finds what lies where the search is cut', async () => {
    const input = '213-373-4253 and '.repeat(600);
    const { maskedText } = await check(input, { piiMode: 'mask' });
    expect(maskedText).toBe('<PHONE_NUMBER> and '.repeat(600));
  });

  it('leaves nothing of what overlaps', async () => {
    const { maskedText } = await check('http://10.0.0.1/bob@ex.org x', { piiMode: 'mask' });
    expect(maskedText).toBe('<URL> x');
  });

  it('keeps the rest as it is, lone surrogates and all', async () => {
    const { maskedText } = await check('\ud800 🙂 a@b.de 🙂', { piiMode: 'mask' });
    expect(maskedText).toBe('\ud800 🙂 <EMAIL_ADDRESS> 🙂');
  });

  it('masks all of it where there is more than it lists', async () => {
    const output = await check('a@b.de '.repeat(1500), { piiMode: 'mask' });
    expect(output.maskedText).toBe('<EMAIL_ADDRESS> '.repeat(1500));
    expect(output.detectedEntities).toHaveLength(1000);
    expect(output.detectedCount).toBe(1500);
  });
});

describe('limits', () => {
  it.each([
    ['digits', '1'],
    ['digits in groups', '4 '],
    ['hyphens', '1-'],
    ['addresses', 'a@'],
    ['colons', 'a:'],
    ['letters', 'A1'],
    ['links', 'http://('],
    ['dots', '1.'],
    ['nothing but space', ' '],
    ['IBANs', 'DE89 '],
  ])('ends on a text of %s', async (_, part) => {
    const input = part.repeat(50_000 / part.length);
    expect(await check(input, { piiMode: 'mask' })).toHaveProperty('maskedText');
  });

  it('takes no text without end', async () => {
    const params = { validationType: 'pii', input: 'x'.repeat(100_001) };
    expect(await failureOf(block, params)).toMatchObject({ code: 'input_too_large' });
  });

  it('ends with the signal', async () => {
    const params = { validationType: 'pii', input: 'x' };
    const reason = new Error('cancelled');
    const signal = AbortSignal.abort(reason);
    await expect(block.run(params, contextOf({ signal }))).rejects.toBe(reason);
  });

  it.each<[string, JsonObject]>([
    ['an unknown action', { piiMode: 'burn' }],
    ['an unknown language', { piiLanguage: 'tlh' }],
    ['types that are no list', { piiEntityTypes: { PERSON: true } }],
    ['types that are no names', { piiEntityTypes: [7] }],
  ])('refuses %s', async (_, over) => {
    const params = { validationType: 'pii', input: 'x', ...over };
    expect(await failureOf(block, params)).toMatchObject({ code: 'invalid_params' });
  });
});
