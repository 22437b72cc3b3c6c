/** A small workflow in the form of Sim's own export. */
export const EXPORTED = {
  version: '1.0',
  exportedAt: '2026-03-01T09:00:00.000Z',
  state: {
    blocks: {
      start: {
        id: 'start',
        type: 'start_trigger',
        name: 'Start',
        position: { x: 0, y: 0 },
        enabled: true,
        subBlocks: {
          inputFormat: {
            id: 'inputFormat',
            type: 'input-format',
            value: [{ id: 'f1', name: 'order', type: 'string', value: '' }],
          },
        },
        outputs: {},
      },
      answer: {
        id: 'answer',
        type: 'response',
        name: 'Answer',
        position: { x: 200, y: 0 },
        enabled: true,
        subBlocks: {
          dataMode: { id: 'dataMode', type: 'dropdown', value: 'json' },
          data: { id: 'data', type: 'code', value: '{"order": "<start.order>"}' },
        },
        outputs: {},
      },
    },
    edges: [{ id: 'e1', source: 'start', target: 'answer', sourceHandle: 'source' }],
    loops: {},
    parallels: {},
    variables: {},
    metadata: { name: 'Order look-up', description: 'Says an order back.' },
  },
};

/** The same workflow in every envelope that is taken in. */
export const ENVELOPES: Readonly<Record<string, unknown>> = {
  'a: the export of the editor': EXPORTED,
  'b: the export of the API': {
    data: {
      ...EXPORTED,
      workflow: { id: 'x', name: 'Order look-up', description: null, workspaceId: 'y' },
    },
  },
  'c: the export for admins': {
    ...EXPORTED,
    workflow: { id: 'x', name: 'Order look-up', description: null, workspaceId: 'y' },
  },
  'd: blocks and edges at the root': {
    blocks: EXPORTED.state.blocks,
    edges: EXPORTED.state.edges,
  },
  'f: the structure of the YAML form': {
    version: '1.0',
    blocks: {
      start: { type: 'starter', name: 'Start', inputs: {}, connections: { success: 'answer' } },
      answer: { type: 'response', name: 'Answer', inputs: { dataMode: 'json', data: '{}' } },
    },
  },
  'g: editing operations': [
    { operation_type: 'add', block_id: 'start', params: { type: 'start_trigger', name: 'Start' } },
  ],
  'h: the form of the executor': {
    version: '1.0',
    blocks: [
      {
        id: 'start',
        position: { x: 0, y: 0 },
        config: { tool: '', params: {} },
        inputs: {},
        outputs: {},
        metadata: { id: 'start_trigger', name: 'Start' },
        enabled: true,
      },
    ],
    connections: [],
    loops: {},
    parallels: {},
  },
};
