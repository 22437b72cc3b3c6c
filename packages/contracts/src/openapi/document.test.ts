import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { PROBLEM_CATALOGUE } from '../problems/catalogue.js';
import { PROBLEM_MEDIA_TYPE } from '../problems/problem.js';
import { problemCodesOf, routesOf, type RouteSpec, type ServiceName } from '../routes/index.js';
import { openApiDocument } from './document.js';

const SERVICES: ServiceName[] = ['sim-app', 'conversation-service'];
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  security: Record<string, string[]>[];
  parameters?: { in: string; name: string; required?: boolean }[];
  requestBody?: { required: boolean; content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, object> }>;
}

function operations(document: object): [string, string, Operation][] {
  const { paths } = document as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, op]): [string, string, Operation] => [path, method, op]),
  );
}

/** Every `$ref` of a document, wherever it stands. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = '$ref' in value && typeof value.$ref === 'string' ? [value.$ref] : [];
  return [...own, ...Object.values(value).flatMap(references)];
}

function resolve(document: object, pointer: string): unknown {
  return pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
}

describe.each(SERVICES)('the OpenAPI document of %s', (service) => {
  const document = openApiDocument(service, '1.2.3');

  it('is OpenAPI 3.1 with info, servers, tags and components', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ version: '1.2.3' });
    expect(document.info.title).toContain(service);
    expect(Object.keys(document.components?.securitySchemes ?? {})).toEqual([
      'accessToken',
      'apiKey',
      'session',
    ]);
    const tagged = new Set((document.tags ?? []).map(({ name }) => name));
    for (const [, , op] of operations(document)) {
      expect(op.tags.every((tag) => tagged.has(tag))).toBe(true);
    }
  });

  it('has one operation per route, with ids that are used once', () => {
    const found = operations(document);
    expect(found.map(([, , op]) => op.operationId).sort()).toEqual(
      routesOf(service)
        .map(([id]) => id)
        .sort(),
    );
    expect(found.every(([, method]) => METHODS.includes(method))).toBe(true);
  });

  it('declares every path parameter, and only those', () => {
    for (const [path, , op] of operations(document)) {
      const declared = (op.parameters ?? []).filter((p) => p.in === 'path');
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(declared.map(({ name }) => name).sort()).toEqual(inPath.sort());
      expect(declared.every(({ required }) => required === true)).toBe(true);
    }
  });

  it('gives each operation a success and its problems', () => {
    const routes = new Map<string, RouteSpec>(routesOf(service));
    for (const [, , op] of operations(document)) {
      const route = routes.get(op.operationId);
      if (!route) throw new Error(op.operationId);
      expect(Object.keys(op.responses).some((status) => status.startsWith('2'))).toBe(true);
      for (const code of problemCodesOf(route)) {
        const response = op.responses[PROBLEM_CATALOGUE[code].status];
        expect(Object.keys(response?.content ?? {})).toContain(PROBLEM_MEDIA_TYPE);
        expect(JSON.stringify(response)).toContain(`"code":"${code}"`);
      }
    }
  });

  it('asks for a credential wherever the route is not public', () => {
    const routes = new Map<string, RouteSpec>(routesOf(service));
    for (const [, , op] of operations(document)) {
      const open = routes.get(op.operationId)?.access === 'public';
      expect(op.security.length === 0).toBe(open);
    }
  });

  it('has no reference that leads nowhere', () => {
    const found = references(document);
    expect(found.length).toBeGreaterThan(10);
    for (const reference of new Set(found)) expect(resolve(document, reference)).toBeDefined();
  });

  it('has components that are JSON Schema 2020-12', () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema(document, 'document');
    for (const name of Object.keys(document.components?.schemas ?? {})) {
      expect(() => ajv.compile({ $ref: `document#/components/schemas/${name}` })).not.toThrow();
    }
  });

  it('has examples that its own problem schema accepts', () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema(document, 'document');
    const validate = ajv.compile({ $ref: 'document#/components/schemas/Problem' });
    for (const [, , op] of operations(document)) {
      for (const response of Object.values(op.responses)) {
        const media = response.content?.[PROBLEM_MEDIA_TYPE] as
          { examples?: Record<string, { value: unknown }> } | undefined;
        for (const { value } of Object.values(media?.examples ?? {})) {
          expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
        }
      }
    }
  });
});
