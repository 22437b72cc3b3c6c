import * as t from '../tools.js';
import { defineRoutes, json } from './route.js';

const tag = 'tools';
const base = '/api/v1/tools';
const one = `${base}/:toolId` as const;

/** Tools: those that are built in, and those that a workspace configures. */
export const TOOL_ROUTES = defineRoutes('sim-app', {
  listTools: {
    method: 'get',
    path: base,
    tag,
    summary: 'What runs blocks here',
    description: 'Block types that run without further set-up, then the tools of the workspace.',
    access: 'viewer',
    request: {},
    responses: { 200: json(t.toolList, 'The tools') },
    problems: [],
  },
  createTool: {
    method: 'post',
    path: base,
    tag,
    summary: 'Configure a tool',
    description: 'It runs blocks of its type and operation from now on.',
    access: 'admin',
    request: { body: { schema: t.putToolBody } },
    responses: { 201: json(t.workspaceTool, 'The tool', { Location: 'Its path' }) },
    problems: ['tool_exists', 'tool_limit'],
  },
  getTool: {
    method: 'get',
    path: one,
    tag,
    summary: 'A tool of the workspace',
    access: 'viewer',
    request: { params: t.toolParams },
    responses: { 200: json(t.workspaceTool, 'The tool') },
    problems: ['tool_not_found'],
  },
  replaceTool: {
    method: 'put',
    path: one,
    tag,
    summary: 'Replace what a tool is',
    access: 'admin',
    request: { params: t.toolParams, body: { schema: t.putToolBody } },
    responses: { 200: json(t.workspaceTool, 'The tool') },
    problems: ['tool_not_found', 'tool_exists'],
  },
  deleteTool: {
    method: 'delete',
    path: one,
    tag,
    summary: 'Delete a tool',
    access: 'admin',
    request: { params: t.toolParams },
    responses: { 204: { description: 'Deleted' } },
    problems: ['tool_not_found'],
  },
  testTool: {
    method: 'post',
    path: `${one}/test`,
    tag,
    summary: 'Call a tool once',
    description: 'The call is real unless dryRun is set: what the tool does outside is done.',
    access: 'editor',
    request: { params: t.toolParams, body: { schema: t.testToolBody } },
    responses: { 200: json(t.toolTrial, 'What came of it, a failure too') },
    problems: ['tool_not_found'],
  },
});
