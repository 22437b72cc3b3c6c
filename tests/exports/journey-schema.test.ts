import { readFile } from 'node:fs/promises';
import { mapWorkflow, parseWorkflow, type Journey } from '@sim/domain';
import { arbitraryJourney, workflowDocuments } from '@sim/domain/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CORPUS, corpusFiles, mappedFile, SAMPLES, sampleFiles } from '../support/journeys.js';

const file = new URL('../../docs/journey.schema.json', import.meta.url);
const schema = JSON.parse(await readFile(file, 'utf8')) as object;
const validate = new Ajv2020({ allErrors: true }).compile(schema);

function expectValid(journey: unknown): void {
  validate(JSON.parse(JSON.stringify(journey)));
  expect(validate.errors ?? []).toEqual([]);
}

describe('the schema of an exported journey', () => {
  it.each(sampleFiles)('takes the sample %s', (name) => {
    expectValid(mappedFile(SAMPLES, name));
  });

  it.skipIf(corpusFiles.length === 0).each(corpusFiles)(
    'takes the real workflow %s (needs the corpus beside the checkout)',
    (name) => {
      expectValid(mappedFile(CORPUS, name));
    },
  );

  it('takes whatever a workflow is mapped to', () => {
    fc.assert(
      fc.property(
        workflowDocuments((n) => `id-${n}`),
        (document) => {
          const { workflow } = parseWorkflow(document);
          if (workflow) expectValid(mapWorkflow(workflow).journey);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes any journey', () => {
    fc.assert(
      fc.property(arbitraryJourney(), (journey) => {
        expectValid({ ...journey, version: '0'.repeat(64) });
      }),
      { numRuns: 300 },
    );
  });

  const refund = mappedFile(SAMPLES, 'refund.json');
  it.each<[string, (journey: Journey) => unknown]>([
    ['a field that there is not', (journey) => ({ ...journey, extra: 1 })],
    ['no states', (journey) => ({ ...journey, states: undefined })],
    ['a state of no kind', (journey) => ({ ...journey, states: [{ id: 'st_a', kind: 'odd' }] })],
    ['another version', (journey) => ({ ...journey, version: 'latest' })],
    [
      'a way of no kind',
      (journey) => ({
        ...journey,
        transitions: journey.transitions.map((way) => ({ ...way, kind: 'perhaps' })),
      }),
    ],
  ])('refuses %s', (_name, change) => {
    expect(validate(change(refund))).toBe(false);
  });

  it('describes every field', () => {
    expect(undescribed(schema, '#')).toEqual([]);
  });

  it('is that of the example in the documentation', async () => {
    const text = await readFile(new URL('../../docs/journey-format.md', import.meta.url), 'utf8');
    const [, example = ''] = /```json\n([\s\S]+?)```/.exec(text) ?? [];
    expectValid(JSON.parse(example));
  });
});

/** Paths of the properties that neither have a description nor refer to something that has one. */
function undescribed(node: unknown, path: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { properties = {}, ...rest } = node as { properties?: Record<string, object> };
  const bare = Object.entries(properties).filter(
    ([, property]) => !('description' in property) && !('$ref' in property),
  );
  return [
    ...bare.map(([name]) => `${path}/${name}`),
    ...Object.entries(properties).flatMap(([name, inner]) => undescribed(inner, `${path}/${name}`)),
    ...Object.entries(rest).flatMap(([name, inner]) => undescribed(inner, `${path}/${name}`)),
  ];
}
