import { expect, it } from 'vitest';
import { toMermaid } from '../export/mermaid.js';
import { block, edge, parsed, uiExport } from '../workflow/testing/exports.js';
import { mapWorkflow } from './map-workflow.js';

/** A return of goods with most of what a workflow can hold, faults among it. */
const returns = uiExport(
  [
    block('start', 'start_trigger', {
      inputFormat: [
        { id: '1', name: 'orderId', type: 'string', value: '', description: 'As on the invoice' },
        { id: '2', name: 'customerEmail', type: 'string', value: '' },
        { id: '3', name: 'amount', type: 'number', value: '10' },
        { id: '4', name: 'reason', options: ['broken', 'late'] },
        { id: '5', name: 'photos', type: 'file[]', value: '' },
      ],
    }),
    block(
      'lookup',
      'api',
      { url: 'https://shop.example/orders/<start.orderId>', method: 'GET', headers: null },
      { name: 'Look up Order', retry: { enabled: true, maxTries: 3, waitBetweenTriesMs: 200 } },
    ),
    block('check', 'condition', {
      conditions: JSON.stringify([
        { id: 'check-if', title: 'if', value: '<start.amount> > 100' },
        { id: 'check-else', title: 'else', value: '' },
      ]),
    }),
    block('approve', 'human_in_the_loop', {
      builderData: [{ name: 'amount', type: 'number', value: '<start.amount>' }],
      inputFormat: [
        { name: 'approved', label: 'Approve the refund?', type: 'boolean', required: true },
      ],
    }),
    block('wait', 'wait', { timeValue: '2', timeUnit: 'hours' }),
    block('refund', 'api', {
      url: 'https://shop.example/refunds',
      method: 'POST',
      body: '{"order": "<lookuporder.data.id>", "total": <lookuporder.sum>}',
    }),
    block('apology', 'slack', { text: '<variable.greeting> <nobody.here>', botToken: null }),
    block('each', 'loop', {}, { data: { loopType: 'forEach', collection: '<start.photos>' } }),
    block('archive', 'function', { code: 'return 1' }, { data: { parentId: 'each' } }),
    block('old', 'function', { code: 'return 0' }, { enabled: false }),
    block('done', 'response', {
      dataMode: 'structured',
      builderData: [{ name: 'ok', value: true }],
    }),
    block('memo', 'note', { content: 'Ask accounting first' }),
  ],
  [
    edge('start', 'lookup'),
    edge('lookup', 'check'),
    edge('lookup', 'apology', 'error'),
    edge('check', 'approve', 'condition-check-if'),
    edge('check', 'wait', 'condition-check-else'),
    edge('approve', 'refund'),
    edge('wait', 'refund'),
    edge('refund', 'each'),
    edge('each', 'archive', 'loop-start-source'),
    edge('each', 'done', 'loop-end-source'),
    edge('refund', 'old'),
    edge('refund', 'check'),
  ],
  { variables: { v1: { id: 'v1', name: 'greeting', type: 'string', value: 'Sorry' } } },
);

const mappedReturns = () =>
  mapWorkflow(parsed(returns).workflow, { knownTypes: new Set(['api', 'function']) });

it('maps a return of goods', () => {
  const { journey, issues, provenance } = mappedReturns();
  expect(journey).toMatchSnapshot('journey');
  expect(issues).toMatchSnapshot('issues');
  expect(provenance).toMatchSnapshot('provenance');
});

it('draws a return of goods', () => {
  expect(toMermaid(mappedReturns().journey)).toMatchSnapshot();
});
