import { describe, expect, it } from 'vitest';
import { block, edge, parsed, uiExport } from '../workflow/testing/exports.js';
import { mapWorkflow } from './map-workflow.js';

type Drawn = ReturnType<typeof block>;

/** What the mapping says of secrets in a workflow of a start and these blocks, one after another. */
function found(...blocks: Drawn[]): string[] {
  const all = [block('start', 'start_trigger'), ...blocks];
  const ids = all.map(({ id }) => id as string);
  const edges = ids.slice(1).map((id, index) => edge(ids[index] ?? '', id));
  return mapWorkflow(parsed(uiExport(all, edges)).workflow)
    .issues.filter(({ code }) => code === 'secret_passed_on')
    .map(({ blockId, message }) => `${blockId}: ${message}`);
}

describe('a secret that would be kept', () => {
  it.each([
    [block('each', 'loop', {}, { data: { loopType: 'forEach', collection: '["{{ONE}}"]' } })],
    [
      block(
        'each',
        'parallel',
        {},
        { data: { collection: '["{{ONE}}"]', parallelType: 'collection' } },
      ),
    ],
    [block('each', 'workflow_input', { workflowId: 'w', inputMapping: '{"key": "{{ONE}}"}' })],
    [block('each', 'response', { dataMode: 'json', data: '{"key": "{{ONE}}"}' })],
    [
      block('each', 'variables', {
        variables: [{ variableName: 'key', type: 'string', value: '{{ONE}}' }],
      }),
    ],
  ])('is told of, with the block that hands it on: %#', (drawn) => {
    expect(found(drawn)).toEqual([
      'each: "Each" hands "{{ONE}}" on, which arrives as *** wherever it is read.',
    ]);
  });

  it('is told of once for each block, with all its names', () => {
    const data = '{"a": "{{TWO}}", "b": "{{ONE}} {{TWO}}"}';
    expect(found(block('end', 'response', { dataMode: 'json', data }))).toEqual([
      'end: "End" hands "{{ONE}}", "{{TWO}}" on, which arrives as *** wherever it is read.',
    ]);
  });

  it('points to where secrets work', () => {
    const [issue] = mapWorkflow(
      parsed(
        uiExport(
          [
            block('start', 'start_trigger'),
            block('end', 'response', { dataMode: 'json', data: '{"a": "{{ONE}}"}' }),
          ],
          [edge('start', 'end')],
        ),
      ).workflow,
    ).issues.filter(({ code }) => code === 'secret_passed_on');
    expect(issue).toMatchObject({ severity: 'warning' });
    expect(issue?.hint).toContain('Write {{NAME}} in the block that needs the value');
  });

  it('is nothing to tell where it is used and forgotten', () => {
    expect(
      found(
        block('call', 'api', { url: 'https://example.com/{{ONE}}', method: 'GET' }),
        block('code', 'function', { code: 'return {{ONE}}.length' }),
        block('which', 'condition', {
          conditions: JSON.stringify([{ id: 'which-if', title: 'if', value: '{{ONE}} === "a"' }]),
        }),
        block(
          'again',
          'loop',
          {},
          { data: { loopType: 'while', whileCondition: '{{ONE}} === 1' } },
        ),
      ),
    ).toEqual([]);
    expect(found(block('end', 'response', { dataMode: 'json', data: '{"a": 1}' }))).toEqual([]);
  });
});
