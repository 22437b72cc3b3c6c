import { ROUTES } from '@sim/contracts';
import type { ToolStore } from '@sim/engine';
import type { StoredWorkflow, WorkflowStore, WorkflowVersion } from '@sim/postgres';
import { notFound } from '@sim/service-kit';
import type { Audit } from '../audit/audit.js';
import { endpoint, type EndpointHost } from '../http/endpoint.js';
import { etagOf, expectedVersion, isKnown } from './if-match.js';
import { importWorkflows, type ImportedWorkflow } from './import-workflow.js';
import { readUpload } from './read-upload.js';

/** What the workflows' endpoints need. */
export interface WorkflowPorts {
  readonly workflows: WorkflowStore;
  /** What runs blocks beside the built-in types. */
  readonly toolStore: ToolStore;
  readonly audit: Audit;
  readonly clock: () => Date;
  /** Block types that run here. */
  readonly knownTypes: ReadonlySet<string>;
}

/** Import, versions, update, deletion and export of workflows. */
export function workflowRoutes(host: EndpointHost, ports: WorkflowPorts): void {
  const { workflows, audit } = ports;
  changingRoutes(host, ports);

  endpoint(host, ROUTES.listWorkflows, async ({ principal, query }) => {
    const page = await workflows.list(principal.workspaceId, query.limit, query.cursor);
    return { status: 200, body: { ...page, items: page.items.map(shown) } };
  });

  endpoint(host, ROUTES.getWorkflow, async ({ principal, params, req }) => {
    const workflow = found(await workflows.get(principal.workspaceId, params.workflowId));
    const headers = { ETag: etagOf(workflow.version) };
    if (isKnown(req.get('if-none-match'), workflow.version)) return { status: 304, headers };
    return { status: 200, headers, body: { workflow: shown(workflow) } };
  });

  endpoint(host, ROUTES.listWorkflowVersions, async ({ principal, params, query }) => {
    const { workspaceId } = principal;
    const page = found(
      await workflows.versions(workspaceId, params.workflowId, query.limit, query.cursor),
    );
    return { status: 200, body: { ...page, items: page.items.map(shownVersion) } };
  });

  endpoint(host, ROUTES.exportWorkflow, async ({ principal, params, query, req }) => {
    const { workspaceId } = principal;
    const content = await workflows.content(workspaceId, params.workflowId, query.version);
    if (content === null) throw await missingContent(workflows, workspaceId, params.workflowId);
    const headers = { ETag: etagOf(content.version) };
    if (isKnown(req.get('if-none-match'), content.version)) return { status: 304, headers };
    const { version } = content;
    await audit.record(
      req,
      'workflow.exported',
      { type: 'workflow', id: params.workflowId },
      { version },
    );
    return {
      status: 200,
      bytes: content.bytes,
      headers: {
        ...headers,
        'Content-Type': content.contentType,
        'Content-Disposition': `attachment; filename="${fileName(content.name, content.contentType)}"`,
      },
    };
  });
}

function changingRoutes(
  host: EndpointHost,
  { workflows, toolStore, audit, clock, knownTypes }: WorkflowPorts,
): void {
  endpoint(host, ROUTES.importWorkflow, async ({ principal, query, headers, body, req }) => {
    const [first, ...others] = await importWorkflows(workflows, toolStore, {
      bytes: body,
      contentType: req.get('content-type'),
      name: query.name,
      workspaceId: principal.workspaceId,
      userId: principal.userId,
      idempotencyKey: headers['idempotency-key'],
      now: clock(),
      knownTypes,
    });
    for (const { workflow } of [first, ...others]) {
      await audit.record(req, 'workflow.imported', { type: 'workflow', id: workflow.id });
    }
    const { id, version } = first.workflow;
    return {
      status: 201,
      headers: { ETag: etagOf(version), Location: `/api/v1/workflows/${id}` },
      body: {
        ...shownImport(first),
        ...(others.length > 0 && { others: others.map(shownImport) }),
      },
    };
  });

  endpoint(
    host,
    ROUTES.updateWorkflow,
    async ({ principal, params, query, headers, body, req }) => {
      const expected = expectedVersion(headers['if-match']);
      const { workspaceId } = principal;
      // Whose workflow it is comes before what is wrong with the document.
      found(await workflows.get(workspaceId, params.workflowId));
      const read = readUpload({
        bytes: body,
        contentType: req.get('content-type'),
        name: query.name,
        knownTypes,
        tools: await toolStore.enabled(workspaceId),
      });
      const workflow = found(
        await workflows.update({
          workspaceId,
          workflowId: params.workflowId,
          expectedVersion: expected,
          name: read.name,
          description: read.description,
          content: read.content,
          changedBy: principal.userId,
          now: clock(),
        }),
      );
      await audit.record(
        req,
        'workflow.updated',
        { type: 'workflow', id: workflow.id },
        { version: workflow.version },
      );
      return {
        status: 200,
        headers: { ETag: etagOf(workflow.version) },
        body: { workflow: shown(workflow), issues: read.issues },
      };
    },
  );

  endpoint(host, ROUTES.deleteWorkflow, async ({ principal, params, headers, req }) => {
    const ifMatch = headers['if-match'];
    const expected = ifMatch === undefined ? null : expectedVersion(ifMatch);
    const { workspaceId } = principal;
    if (!(await workflows.delete(workspaceId, params.workflowId, expected))) throw noSuchWorkflow();
    await audit.record(req, 'workflow.deleted', { type: 'workflow', id: params.workflowId });
    return { status: 204 };
  });
}

const noSuchWorkflow = () =>
  notFound('workflow_not_found', 'There is no such workflow in this workspace.');

function found<T>(value: T | null): T {
  if (value === null) throw noSuchWorkflow();
  return value;
}

async function missingContent(store: WorkflowStore, workspaceId: string, workflowId: string) {
  found(await store.get(workspaceId, workflowId));
  return notFound('version_not_found', 'The workflow has no such version.');
}

const shownImport = ({ workflow, issues }: ImportedWorkflow) => ({
  workflow: shown(workflow),
  issues,
});

function shown(workflow: StoredWorkflow) {
  const { id, name, description, version, createdBy, createdAt, updatedAt } = workflow;
  return {
    id,
    name,
    description,
    version,
    createdBy,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

function shownVersion({ sha256, createdAt, ...version }: WorkflowVersion) {
  return { ...version, contentHash: sha256, createdAt: createdAt.toISOString() };
}

const LONGEST_FILE_NAME = 80;

const ENDINGS: Readonly<Record<string, string>> = {
  'application/yaml': 'yaml',
  'application/zip': 'zip',
};

/** A name that every file system takes. */
function fileName(name: string, contentType: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
    .slice(0, LONGEST_FILE_NAME);
  return `${plain || 'workflow'}.${ENDINGS[contentType] ?? 'json'}`;
}
