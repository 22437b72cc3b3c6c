import { gzipSync } from 'node:zlib';
import express, { type RequestHandler } from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { testApp } from '../testing/app.js';
import { jsonBody, type JsonBodyOptions } from './json-body.js';

const echo: RequestHandler = (req, res) => void res.json({ body: (req.body as unknown) ?? null });
const app = (options?: JsonBodyOptions) => testApp([jsonBody(options), echo]);
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const post = (body: string, type = 'application/json', options?: JsonBodyOptions) =>
  request(app(options)).post('/').set('Content-Type', type).send(body);

describe('jsonBody', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'application/merge-patch+json'])(
    'reads %s',
    async (type) => {
      const { body } = await post('{"a":[1]}', type);
      expect(body).toEqual({ body: { a: [1] } });
    },
  );

  it('leaves a request without a body alone', async () => {
    expect((await request(app()).get('/')).body).toEqual({ body: null });
    expect((await request(app()).post('/').set('Content-Length', '0')).body).toEqual({
      body: null,
    });
  });

  it('leaves a body alone that another parser has read', async () => {
    const both = testApp([express.text({ type: 'application/yaml' }), jsonBody(), echo]);
    const { body } = await request(both)
      .post('/')
      .set('Content-Type', 'application/yaml')
      .send('a: 1');
    expect(body).toEqual({ body: 'a: 1' });
  });

  it.each(['{', 'hello', '{"a":1}}', "{'a':1}"])('refuses %j with 400', async (text) => {
    const { body } = await post(text);
    expect(body).toMatchObject({ status: 400, code: 'invalid_json' });
    expect(body.detail).toMatch(/^The body is not JSON: /);
  });

  it.each(['text/plain', 'application/xml', 'application/jsonp'])('refuses %s', async (type) => {
    const { body } = await post('{}', type);
    expect(body).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    expect(body.detail).toContain(type);
  });

  it('refuses a body without a type', async () => {
    const { body } = await request(app()).post('/').unset('Content-Type').send(Buffer.from('{}'));
    expect(body.status).toBe(415);
  });

  it.each([
    ['application/json; charset=klingon', {}],
    ['application/json', { 'Content-Encoding': 'snappy' }],
  ])('refuses an encoding that it does not know (%s %j)', async (type, headers) => {
    const { body } = await post('{}', type).set(headers);
    expect(body).toMatchObject({ status: 415, code: 'unsupported_encoding' });
  });

  it('refuses a body that is too large, packed ones by their real size', async () => {
    const large = JSON.stringify({ text: 'x'.repeat(2000) });
    const { body } = await post(large, 'application/json', { limit: 1000 });
    expect(body).toMatchObject({ status: 413, code: 'payload_too_large' });
    expect(body.detail).toContain('1000 bytes');
    const packed = await request(app({ limit: 1000 }))
      .post('/')
      .set({ 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })
      .serialize((data: unknown) => data as string)
      .send(gzipSync(large) as unknown as string);
    expect(packed.status).toBe(413);
  });

  it('takes 64 levels and refuses 65', async () => {
    expect((await post(nested(64))).status).toBe(200);
    expect((await post(nested(65))).body).toMatchObject({ status: 400, code: 'too_deep' });
  });

  it('names the place that is too deep', async () => {
    const { body } = await post('{"ok":[{}],"list":[{"x":1},{"y y":{"z":{}}}]}', undefined, {
      maxDepth: 4,
    });
    expect(body.errors).toEqual([
      { path: 'list[1]["y y"].z', message: 'Objects and arrays may be nested 4 deep at most' },
    ]);
  });

  it('does not fall over a hundred thousand levels', async () => {
    const { body } = await post(nested(100_000));
    expect(body).toMatchObject({ status: 400, code: 'too_deep' });
    expect(body.detail.length).toBeLessThan(200);
  });
});
