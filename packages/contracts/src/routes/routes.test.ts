import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { isProblemCode, PROBLEM_CATALOGUE } from '../problems/catalogue.js';
import { ROLES } from '../roles.js';
import { CONVERSATION_BASE_PATH, problemCodesOf, ROUTES, routesOf } from './index.js';
import type { RouteSpec } from './route.js';

const routes = Object.entries(ROUTES) as [string, RouteSpec][];

/** A value that a schema of an object may get along with, and one field that it does not know. */
function unknownFieldIssues(schema: z.ZodType): string[] {
  const result = schema.safeParse({ surplus: 1 });
  return (result.error?.issues ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys : [],
  );
}

describe('the routes', () => {
  it('have methods and paths that are used once', () => {
    const places = routes.map(([, r]) => `${r.service} ${r.method} ${r.path}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('stand below /api/v1 but for the probes', () => {
    for (const [, { path, access }] of routes) {
      if (!path.startsWith('/api/v1/')) expect(access).toBe('public');
    }
  });

  it('of the conversation service stand below the path that is forwarded', () => {
    for (const [, { path }] of routesOf('conversation-service')) {
      expect(path.startsWith(`${CONVERSATION_BASE_PATH}/`)).toBe(true);
    }
  });

  it.each(routes)('%s has schemas for all the parameters of its path', (_id, route) => {
    const named = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]);
    expect(Object.keys(route.request.params?.shape ?? {}).sort()).toEqual(named.sort());
  });

  it.each(routes)('%s refuses unknown fields by name', (_id, { request }) => {
    for (const schema of [request.params, request.query]) {
      if (schema) expect(unknownFieldIssues(schema)).toEqual(['surplus']);
    }
    if (request.body && !request.body.raw) {
      expect(unknownFieldIssues(request.body.schema)).toEqual(['surplus']);
    }
  });

  it.each(routes)(
    '%s has a success, a role that exists and problems of the catalogue',
    (_id, r) => {
      expect(Object.keys(r.responses).some((status) => /^2\d\d$/.test(status))).toBe(true);
      expect(['public', 'session', ...ROLES]).toContain(r.access);
      expect(problemCodesOf(r).every(isProblemCode)).toBe(true);
    },
  );

  it('asks for more than to look on wherever something is changed', () => {
    const open = routes.filter(([, r]) => r.method !== 'get' && r.access === 'viewer');
    expect(open.map(([id]) => id)).toEqual([
      'createWorkspace',
      'searchKnowledge',
      'previewWorkflow',
      'analyzeUtterance',
    ]);
  });

  it('answers a problem of access only where a credential is read', () => {
    expect(problemCodesOf(ROUTES.getLive)).not.toContain('token_missing');
    expect(problemCodesOf(ROUTES.listWorkflows)).toContain('token_expired');
    expect(problemCodesOf(ROUTES.listWorkflows)).not.toContain('role_insufficient');
    expect(problemCodesOf(ROUTES.importWorkflow)).toContain('role_insufficient');
    expect(problemCodesOf(ROUTES.createToken)).toContain('session_missing');
  });
});

describe('the catalogue of problems', () => {
  it('has a cause and a fix in whole sentences for every code', () => {
    for (const [code, { status, title, cause, fix }] of Object.entries(PROBLEM_CATALOGUE)) {
      expect(code).toMatch(/^[a-z][a-z_]*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(title).not.toMatch(/\.$/);
      expect(cause).toMatch(/^[A-Z].*\.$/);
      expect(fix).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('knows its codes, and no inherited names', () => {
    expect(isProblemCode('session_busy')).toBe(true);
    expect(isProblemCode('constructor')).toBe(false);
  });
});
