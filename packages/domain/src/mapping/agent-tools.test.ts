import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../json.js';
import { block, edge, parsed, uiExport } from '../workflow/testing/exports.js';
import { agentTools } from './agent-tools.js';
import { mapWorkflow } from './map-workflow.js';
import type { ToolOffer } from './tools.js';
import { toolsUsed } from './tools-used.js';
import type { MapOptions } from './types.js';

const SCHEMA = {
  type: 'object',
  properties: { place: { type: 'string' } },
  required: ['place'],
};
const WEATHER = {
  type: 'custom-tool',
  title: 'Weather',
  schema: {
    type: 'function',
    function: { name: 'get_weather', description: 'Tells the weather', parameters: SCHEMA },
  },
  code: 'return place',
  usageControl: 'force',
};
const REDDIT = {
  type: 'reddit',
  title: 'Reddit Search',
  toolId: 'reddit_search',
  operation: 'search',
  params: { credential: 'cred_1' },
  usageControl: 'auto',
};
const WIKI = {
  type: 'mcp',
  title: 'search_pages',
  params: { serverId: 's', serverUrl: 'https://mcp.test/mcp', toolName: 'search_pages', limit: 3 },
  schema: { ...SCHEMA, description: 'Searches' },
};

const read = (tools: JsonValue) => agentTools({ tools });

describe('the tools of an agent', () => {
  it('are read as the editor keeps them', () => {
    expect(read([WEATHER, REDDIT, WIKI])).toEqual([
      {
        kind: 'custom',
        title: 'Weather',
        usage: 'force',
        name: 'get_weather',
        description: 'Tells the weather',
        parameters: SCHEMA,
        code: 'return place',
      },
      {
        kind: 'block',
        title: 'Reddit Search',
        usage: 'auto',
        type: 'reddit',
        operation: 'search',
        params: { credential: 'cred_1' },
        name: 'reddit_search',
      },
      {
        kind: 'mcp',
        title: 'search_pages',
        usage: 'auto',
        url: 'https://mcp.test/mcp',
        tool: 'search_pages',
        description: 'Searches',
        parameters: WIKI.schema,
        params: { limit: 3 },
      },
    ]);
    expect(read(JSON.stringify([REDDIT]))).toEqual(read([REDDIT]));
  });

  it('are read in their older forms, where they are declared but not written', () => {
    const older = { name: 'calculator', description: 'Works it out', parameters: SCHEMA };
    for (const type of ['custom-tool', 'function']) {
      expect(read([{ type, ...older }])).toMatchObject([{ kind: 'custom', ...older, code: null }]);
    }
    const code = { type: 'function', toolId: 'function_execute', title: 'Run code' };
    expect(read([code])).toMatchObject([{ kind: 'block', type: 'function' }]);
  });

  it('are none where they are switched off, or not there', () => {
    expect(read([{ ...REDDIT, usageControl: 'none' }])).toEqual([]);
    expect(read(null)).toEqual([]);
    expect(read(' ')).toEqual([]);
    expect(agentTools({})).toEqual([]);
  });

  it.each<[JsonValue]>([['<start.tools>'], [{ type: 'x' }], [5], ['{}']])(
    'cannot be told from %j',
    (tools) => expect(read(tools)).toBeNull(),
  );

  it.each<[string, JsonValue]>([
    ['unknown', null],
    ['unknown', []],
    ['unknown', 'slack'],
    ['unknown', {}],
    ['unknown', { type: 'mcp-server', params: { serverId: 's' } }],
    ['workflow', { type: 'workflow', params: { workflowId: 'w' } }],
    ['mcp', { type: 'mcp', params: [], schema: 'x' }],
    ['custom', { type: 'custom-tool', schema: { function: 5 }, code: {} }],
    ['block', { type: 'slack', params: 'x', operation: {} }],
  ])('are %s where they are odd: %j', (kind, tool) => {
    expect(read([tool])).toMatchObject([{ kind }]);
  });

  it('are bounded', () => {
    expect(read(Array.from({ length: 500 }, () => REDDIT))).toHaveLength(64);
  });
});

const map = (tools: JsonValue, options: MapOptions = {}) =>
  mapWorkflow(
    parsed(
      uiExport(
        [block('start', 'start_trigger'), block('a', 'agent', { userPrompt: 'Hi', tools })],
        [edge('start', 'a')],
      ),
    ).workflow,
    options,
  );
const effectOf = (tools: JsonValue, options: MapOptions = {}) => {
  const state = map(tools, options).journey.states.find(({ id }) => id === 'st_a');
  return state?.kind === 'tool' ? state.sideEffect : null;
};
const offer = (
  blockType: string,
  sideEffect: ToolOffer['sideEffect'],
  operation: string | null = null,
) => ({
  blockType,
  operation,
  sideEffect,
});

describe('what an agent does outside', () => {
  it.each<[string, JsonValue, MapOptions]>([
    ['read', [], {}],
    ['read', [WEATHER], {}],
    ['read', [REDDIT], {}],
    ['read', [{ type: 'slack', operation: 'list_users' }], {}],
    ['write', [REDDIT, { type: 'slack', operation: 'send' }], {}],
    ['read', [{ type: 'slack', operation: 'send', usageControl: 'none' }], {}],
    ['read', [{ type: 'slack', operation: 'send' }], { tools: [offer('slack', 'read')] }],
    ['write', [REDDIT], { tools: [offer('reddit', 'write', 'search')] }],
    ['write', [{ type: 'acme' }], {}],
    ['write', [WIKI], {}],
    ['read', [WIKI], { tools: [offer('mcp', 'read', 'search_pages')] }],
    ['read', [{ type: 'api', params: { url: 'https://a.test' } }], {}],
    ['write', [{ type: 'api', params: { url: 'https://a.test', method: 'POST' } }], {}],
    ['read', [{ type: 'function', toolId: 'function_execute' }], {}],
    ['read', [{ type: 'memory', operation: 'add' }], {}],
    ['write', [{ type: '<start.type>' }], {}],
    ['write', '<start.tools>', {}],
    ['read', [{ type: 'workflow' }, { type: 'agent', tools: [] }], {}],
  ])('is %s with the tools %j and the options %j', (expected, tools, options) => {
    expect(effectOf(tools, options)).toBe(expected);
  });

  it('is what the options say of agents, where they do', () => {
    expect(effectOf([{ type: 'slack' }], { sideEffects: { agent: 'none' } })).toBe('none');
  });
});

describe('a journey with an agent', () => {
  const send = offer('slack', 'read', 'send');

  it('has another version by the tools that its agent may call', () => {
    const versionWith = (tools: readonly ToolOffer[]) =>
      map([{ type: 'slack', operation: 'send' }], { tools }).journey.version;
    expect(versionWith([send])).not.toBe(versionWith([]));
    expect(versionWith([offer('gmail', 'read')])).toBe(versionWith([]));
    const params: JsonObject = { tools: [{ type: 'slack', operation: 'send' }] };
    expect(toolsUsed([{ type: 'agent', params }], [send])).toEqual([send]);
  });

  it('has a finding for each tool that its agent runs without', () => {
    const knownTypes = new Set(['agent', 'api', 'function']);
    const findings = map(
      [
        WEATHER,
        { ...WEATHER, code: null },
        REDDIT,
        { type: 'slack', title: 'Tell ops', operation: 'send' },
        { type: 'api', title: 'Call' },
        { type: 'evaluator', title: 'Judge' },
        WIKI,
        { ...WIKI, params: { toolName: 'other' } },
        { type: 'workflow', title: 'Child' },
        {},
      ],
      { knownTypes, tools: [send] },
    ).issues.filter(({ code }) => code === 'agent_tool_left_out');
    expect(findings.map(({ message }) => /tool "(.*?)": (.*)$/.exec(message)?.slice(1))).toEqual([
      ['Weather', 'its code is not in the workflow.'],
      ['Reddit Search', 'nothing runs "reddit" with the operation "search".'],
      ['Judge', 'nothing runs "evaluator".'],
      ['search_pages', 'nothing runs "mcp" with the operation "other".'],
      ['Child', 'a workflow cannot be the tool of an agent here.'],
      ['(without a name)', 'it is of a kind that is not known.'],
    ]);
    expect(findings.every(({ blockId }) => blockId === 'a')).toBe(true);
  });

  it('has none for what is not known here', () => {
    const codes = map([REDDIT, WEATHER, WIKI]).issues.map(({ code }) => code);
    expect(codes).not.toContain('agent_tool_left_out');
  });
});
