import { randomUUID } from 'node:crypto';
import { tryTool, type Tools, type TrialOutcome } from '@sim/blocks';
import { ROUTES, type putToolBody } from '@sim/contracts';
import type { JsonObject } from '@sim/domain';
import type { ManagedToolStore, StoredTool, ToolChange } from '@sim/postgres';
import { conflict, newId, notFound } from '@sim/service-kit';
import type * as z from 'zod';
import type { Audit } from '../audit/audit.js';
import { endpoint, type EndpointHost } from '../http/endpoint.js';
import type { builtInTools } from './built-in.js';

/** What the tools' endpoints need. */
export interface ToolPorts {
  readonly toolStore: ManagedToolStore;
  readonly tools: Tools;
  /** Block types that run here without a tool. */
  readonly builtIn: ReturnType<typeof builtInTools>;
  readonly audit: Audit;
  readonly clock: () => Date;
}

/** Of one workspace; the mapping goes through them for each block. */
const MAX_TOOLS = 200;

/** Tools of a workspace: configured, listed with those that are built in, and tried. */
export function toolRoutes(host: EndpointHost, ports: ToolPorts): void {
  const { toolStore, audit } = ports;
  changingRoutes(host, ports);

  endpoint(host, ROUTES.listTools, async ({ principal }) => {
    const own = await toolStore.list(principal.workspaceId);
    return { status: 200, body: { items: [...ports.builtIn, ...own.map(shownShortly)] } };
  });

  endpoint(host, ROUTES.getTool, async ({ principal, params }) => {
    const tool = found(await toolStore.get(principal.workspaceId, params.toolId));
    return { status: 200, body: shown(tool) };
  });

  endpoint(host, ROUTES.testTool, async ({ principal, params, body, req }) => {
    const tool = found(await toolStore.get(principal.workspaceId, params.toolId));
    const abort = new AbortController();
    // Who gave up waits for no answer, and the tool need not either.
    req.res?.once('close', () => abort.abort());
    const startedAt = performance.now();
    const outcome = await tryTool(ports.tools, tool, {
      ...body,
      idempotencyKey: `test:${randomUUID()}`,
      signal: abort.signal,
    });
    const durationMs = Math.round(performance.now() - startedAt);
    const details = { dryRun: body.dryRun, ok: outcome.ok };
    await audit.record(req, 'tool.tested', { type: 'tool', id: tool.id }, details);
    return { status: 200, body: { ...fitting(outcome), durationMs } };
  });
}

function changingRoutes(host: EndpointHost, { toolStore, audit, clock }: ToolPorts): void {
  endpoint(host, ROUTES.createTool, async ({ principal, body, req }) => {
    const { workspaceId, userId } = principal;
    const fresh = { ...configOf(body), id: newId('tool'), workspaceId };
    const tool = await toolStore.create({ ...fresh, createdBy: userId, now: clock() }, MAX_TOOLS);
    if (tool === null) {
      throw conflict(
        'tool_limit',
        `A workspace has at most ${MAX_TOOLS} tools; delete some first.`,
      );
    }
    await audit.record(req, 'tool.created', { type: 'tool', id: tool.id }, facts(tool));
    return { status: 201, headers: { Location: `/api/v1/tools/${tool.id}` }, body: shown(tool) };
  });

  endpoint(host, ROUTES.replaceTool, async ({ principal, params, body, req }) => {
    const { workspaceId } = principal;
    const tool = found(await toolStore.update(workspaceId, params.toolId, configOf(body), clock()));
    await audit.record(req, 'tool.changed', { type: 'tool', id: tool.id }, facts(tool));
    return { status: 200, body: shown(tool) };
  });

  endpoint(host, ROUTES.deleteTool, async ({ principal, params, req }) => {
    if (!(await toolStore.delete(principal.workspaceId, params.toolId))) throw noSuchTool();
    await audit.record(req, 'tool.deleted', { type: 'tool', id: params.toolId });
    return { status: 204 };
  });
}

const noSuchTool = () => notFound('tool_not_found', 'There is no such tool in this workspace.');

function found<T>(tool: T | null): T {
  if (tool === null) throw noSuchTool();
  return tool;
}

function configOf({ adapter, ...tool }: z.output<typeof putToolBody>): ToolChange {
  const blockType = tool.blockType.trim();
  return adapter.kind === 'http'
    ? { ...tool, blockType, adapter: { ...adapter, body: adapter.body ?? null } }
    : { ...tool, blockType, adapter };
}

/** What the audit log tells of a tool: enough to see who let what be called. */
function facts({ blockType, operation, adapter, sideEffect }: StoredTool): JsonObject {
  return { blockType, operation, kind: adapter.kind, sideEffect };
}

function shownShortly(tool: StoredTool) {
  return { ...common(tool), kind: tool.adapter.kind };
}

function shown(tool: StoredTool) {
  return { ...common(tool), adapter: tool.adapter };
}

function common(tool: StoredTool) {
  const { id, name, blockType, operation, sideEffect, idempotent, enabled } = tool;
  return {
    source: 'workspace',
    id,
    name,
    blockType,
    operation,
    sideEffect,
    idempotent,
    enabled,
    createdAt: tool.createdAt.toISOString(),
    updatedAt: tool.updatedAt.toISOString(),
  };
}

/** Characters of JSON that a trial shows. */
const LONGEST_OUTPUT = 100_000;

function fitting(outcome: TrialOutcome): TrialOutcome {
  if (!outcome.ok) return outcome;
  const { length } = JSON.stringify(outcome.output);
  if (length <= LONGEST_OUTPUT) return outcome;
  const message = `It worked, and answered ${length} characters; a trial shows ${LONGEST_OUTPUT}.`;
  return { ok: false, error: { code: 'output_too_large', message, retryable: false } };
}
