import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { testApp } from '../testing/app.js';
import { apiDocs } from './api-docs.js';
import { securityHeaders } from './security.js';

const document = {
  openapi: '3.1.0',
  info: { title: 'Sim <API> & "more"', version: '1' },
  paths: {},
};
const app = testApp([securityHeaders(), apiDocs(document)]);

describe('apiDocs', () => {
  it('serves the document', async () => {
    const { body, headers } = await request(app).get('/api/openapi.json');
    expect(body).toEqual(document);
    expect(headers['content-type']).toContain('application/json');
  });

  it('serves a page without inline script, and everything that the page asks for', async () => {
    const { text, headers } = await request(app).get('/api/docs');
    expect(headers['content-type']).toContain('text/html');
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/);
    expect(text).toContain('<title>Sim &lt;API&gt; &amp; &quot;more&quot;</title>');
    const files = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => String(path));
    expect(files).toHaveLength(4);
    for (const path of files) expect((await request(app).get(path)).status).toBe(200);
  });

  it('starts the page by a script of its own', async () => {
    const { text, headers } = await request(app).get('/api/docs/init.js');
    expect(headers['content-type']).toContain('javascript');
    expect(text).toContain('"url":"/api/openapi.json"');
  });

  it('finds its files below a mount path, with or without a slash at the end', async () => {
    const below = testApp([express.Router().use('/service', apiDocs(document))]);
    const { text } = await request(below).get('/service/api/docs/');
    expect(text).toContain('src="/service/api/docs/init.js"');
    const script = await request(below).get('/service/api/docs/init.js');
    expect(script.text).toContain('"url":"/service/api/openapi.json"');
  });

  it.each(['package.json', 'swagger-initializer.js', '..%2fpackage.json'])(
    'serves no other file (%s)',
    async (name) => {
      expect((await request(app).get(`/api/docs/${name}`)).status).toBe(404);
    },
  );
});
