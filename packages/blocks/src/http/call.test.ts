import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '@sim/domain';
import { InvalidCallError, readCall } from './call.js';

const url = 'https://api.example.com/a?b=1';
const call = (params: JsonObject) => readCall({ url, ...params });

describe('readCall', () => {
  it('is a GET without a body by default', () => {
    const { method, headers, body, url: read } = call({ body: { ignored: true } });
    expect({ method, headers, body, url: read.href }).toEqual({
      method: 'GET',
      headers: {},
      body: null,
      url,
    });
  });

  it('appends parameters, encoded, to those of the URL', () => {
    const params = [{ cells: { Key: 'q', Value: 'a b&c=d' } }, { cells: { Key: 'q', Value: 'é' } }];
    expect(call({ params }).url.href).toBe(`${url}&q=a+b%26c%3Dd&q=%C3%A9`);
  });

  it.each(['get', ' Post ', 'PUT', 'patch', 'DELETE', 'head', 'options'])('knows %s', (method) => {
    expect(call({ method }).method).toBe(method.trim().toUpperCase());
  });

  it.each<[JsonValue, string | null, string | undefined]>([
    [{ a: 1 }, '{"a":1}', 'application/json'],
    ['{"a": 1}', '{"a": 1}', 'application/json'],
    ['hello', 'hello', 'text/plain; charset=utf-8'],
    [0, '0', 'application/json'],
    [null, null, undefined],
    ['', null, undefined],
  ])('sends %j', (written, body, type) => {
    const read = call({ method: 'POST', body: written });
    expect([read.body, read.headers['content-type']]).toEqual([body, type]);
  });

  it('leaves the content type to the block, and writes a form where it says so', () => {
    const headers = { 'Content-Type': 'application/vnd.x+json' };
    expect(call({ method: 'POST', body: {}, headers }).headers).toEqual({
      'content-type': 'application/vnd.x+json',
    });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(call({ method: 'POST', body: { a: 'b c', d: 1 }, headers: form }).body).toBe(
      'a=b+c&d=1',
    );
    expect(call({ method: 'POST', body: 'a=1', headers: form }).body).toBe('a=1');
  });

  it('does not let a block set what belongs to the connection', () => {
    const headers = {
      Host: 'evil',
      'Content-Length': '1',
      Connection: 'x',
      'Transfer-Encoding': 'chunked',
      Ok: '1',
    };
    expect(call({ headers }).headers).toEqual({ ok: '1' });
  });

  it('sends the credentials of a URL as a header', () => {
    const read = readCall({ url: 'https://us%40er:p%3Aw@example.com/' });
    expect(read.url.href).toBe('https://example.com/');
    expect(read.headers).toEqual({
      authorization: `Basic ${Buffer.from('us@er:p:w').toString('base64')}`,
    });
    const own = readCall({
      url: 'https://a:b%ZZ@example.com/',
      headers: { Authorization: 'Bearer x' },
    });
    expect(own.headers).toEqual({ authorization: 'Bearer x' });
  });

  it.each<[JsonObject, RegExp]>([
    [{ url: null }, /no URL/],
    [{ url: '  ' }, /no URL/],
    [{ url: 'example.com/path' }, /not a full URL/],
    [{ url: '<start.url>' }, /not a full URL/],
    [{ url: 'http://' }, /not a full URL/],
    [{ url: 'http://256.256.256.256/' }, /not a full URL/],
    [{ url: 'file:///etc/passwd' }, /Only http and https/],
    [{ url: 'ftp://example.com/' }, /Only http and https/],
    [{ url: 'javascript:alert(1)' }, /Only http and https/],
    [{ url: 'data:text/plain,x' }, /Only http and https/],
    [{ url: 'gopher://127.0.0.1:6379/_x' }, /Only http and https/],
    [{ method: 'TRACE' }, /not one of/],
    [{ method: 'GET /x HTTP/1.1' }, /not one of/],
    [{ headers: { 'bad name': 'x' } }, /not a header name/],
    [{ headers: { x: 'a\r\nInjected: 1' } }, /cannot carry/],
    [{ headers: { x: 'a\u0000' } }, /cannot carry/],
    [{ headers: { x: '😀' } }, /cannot carry/],
  ])('refuses %j', (params, message) => {
    expect(() => call(params)).toThrow(InvalidCallError);
    expect(() => call(params)).toThrow(message);
  });

  it('keeps a header named __proto__ out', () => {
    const headers = JSON.parse('{"__proto__": "x", "constructor": "y"}') as JsonObject;
    expect(call({ headers }).headers).toEqual({ constructor: 'y' });
  });
});
