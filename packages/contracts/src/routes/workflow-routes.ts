import { jsonValue } from '../json.js';
import { pageQuery } from '../page.js';
import * as w from '../workflows.js';
import { ETAG, idempotentHeaders, ifMatchHeaders } from './headers.js';
import { defineRoutes, json } from './route.js';

const tag = 'workflows';
const base = '/api/v1/workflows';
const document = {
  schema: jsonValue,
  raw: true,
  maxBytes: w.MAX_WORKFLOW_BYTES,
  mediaTypes: ['application/yaml', 'application/zip'],
} as const;

/** Workflows and their versions. */
export const WORKFLOW_ROUTES = defineRoutes('sim-app', {
  importWorkflow: {
    method: 'post',
    path: `${base}/import`,
    tag,
    summary: 'Import a workflow, or an archive of workflows',
    description:
      'The body is an export of Sim, up to 10 MB, kept byte for byte: JSON, YAML (up to 1 MB) or a ZIP ' +
      'archive. What is wrong with it comes as issues; a document that is no workflow at all is ' +
      'refused with them. Of an archive of several workflows, each becomes one, all of them or none; ' +
      'files in it that are no workflows are told as issues.',
    access: 'editor',
    request: { query: w.importQuery, headers: idempotentHeaders, body: document },
    responses: {
      201: json(w.importedWorkflows, 'Imported', {
        ETag: ETAG,
        Location: 'The path of the first workflow',
      }),
    },
    problems: ['not_a_workflow', 'idempotency_key_reused'],
  },
  listWorkflows: {
    method: 'get',
    path: base,
    tag,
    summary: 'Workflows of the workspace',
    access: 'viewer',
    request: { query: pageQuery },
    responses: { 200: json(w.workflowPage, 'A page, the latest first') },
    problems: [],
  },
  getWorkflow: {
    method: 'get',
    path: `${base}/:workflowId`,
    tag,
    summary: 'A workflow, without its content',
    access: 'viewer',
    request: { params: w.workflowParams },
    responses: {
      200: json(w.workflowAnswer, 'The workflow', { ETag: ETAG }),
      304: { description: 'If-None-Match names the present version' },
    },
    problems: ['workflow_not_found'],
  },
  updateWorkflow: {
    method: 'put',
    path: `${base}/:workflowId`,
    tag,
    summary: 'Put a new version in the place of the present one',
    description:
      'The body is a whole document of one workflow, as for the import. Earlier versions are kept.',
    access: 'editor',
    request: {
      params: w.workflowParams,
      query: w.importQuery,
      headers: ifMatchHeaders,
      body: document,
    },
    responses: { 200: json(w.workflowWithIssues, 'The new version', { ETag: ETAG }) },
    problems: ['workflow_not_found', 'not_a_workflow', 'if_match_required', 'version_conflict'],
  },
  deleteWorkflow: {
    method: 'delete',
    path: `${base}/:workflowId`,
    tag,
    summary: 'Delete a workflow with its versions and sessions',
    description: 'If-Match may name the version that is meant.',
    access: 'editor',
    request: { params: w.workflowParams, headers: ifMatchHeaders },
    responses: { 204: { description: 'Deleted' } },
    problems: ['workflow_not_found', 'version_conflict'],
  },
  listWorkflowVersions: {
    method: 'get',
    path: `${base}/:workflowId/versions`,
    tag,
    summary: 'Versions of a workflow',
    access: 'viewer',
    request: { params: w.workflowParams, query: pageQuery },
    responses: { 200: json(w.workflowVersionPage, 'A page, the latest first') },
    problems: ['workflow_not_found'],
  },
  exportWorkflow: {
    method: 'get',
    path: `${base}/:workflowId/export`,
    tag,
    summary: 'The document as it came in, byte for byte',
    access: 'viewer',
    request: { params: w.workflowParams, query: w.exportQuery },
    responses: {
      200: {
        description: 'The document',
        content: {
          'application/json': jsonValue,
          'application/yaml': null,
          'application/zip': null,
        },
        headers: { ETag: 'The version that this is', 'Content-Disposition': 'A file name' },
      },
      304: { description: 'If-None-Match names this version' },
    },
    problems: ['workflow_not_found', 'version_not_found'],
  },
});
