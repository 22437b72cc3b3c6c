import express, { Router, type RequestHandler } from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { recordingLogger, testApp } from '../testing/app.js';
import {
  badRequest,
  conflict,
  forbidden,
  notFound,
  payloadTooLarge,
  preconditionFailed,
  preconditionRequired,
  ProblemError,
  serviceUnavailable,
  tooManyRequests,
  unauthorized,
  unprocessable,
  unsupportedMediaType,
} from './problem-error.js';
import type { ErrorMapper } from './problem-handler.js';

const failing = (error: unknown): RequestHandler => {
  const router = Router();
  router.get('/things/:id', () => {
    throw error;
  });
  return router;
};

class RowMissingError extends Error {
  readonly table = 'things';
}

describe('problemHandler', () => {
  it('answers problem+json with every member', async () => {
    const problem = badRequest('bad_thing', 'The thing is bad.', {
      errors: [{ path: 'a.b', message: 'must be good' }],
    });
    const response = await request(testApp([failing(problem)]))
      .get('/things/1?secret=1')
      .set('X-Request-Id', 'request-1');
    expect(response.status).toBe(400);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.body).toEqual({
      type: 'https://docs.example.com/errors/bad_thing',
      title: 'Bad request',
      status: 400,
      detail: 'The thing is bad.',
      code: 'bad_thing',
      instance: '/things/1',
      requestId: 'request-1',
      errors: [{ path: 'a.b', message: 'must be good' }],
    });
  });

  it.each([
    [badRequest('c', 'd'), 400],
    [unauthorized('c', 'd'), 401],
    [forbidden('c', 'd'), 403],
    [notFound('c', 'd'), 404],
    [conflict('c', 'd'), 409],
    [preconditionFailed('c', 'd'), 412],
    [payloadTooLarge('c', 'd'), 413],
    [unsupportedMediaType('c', 'd'), 415],
    [unprocessable('c', 'd'), 422],
    [preconditionRequired('c', 'd'), 428],
    [tooManyRequests(2), 429],
    [serviceUnavailable(2), 503],
  ])('has a status and a title for %s', async (problem, status) => {
    const { body, statusCode } = await request(testApp([failing(problem)])).get('/things/1');
    expect(statusCode).toBe(status);
    expect(body.title).toMatch(/^[A-Z][a-z]/);
    expect(body.title).not.toBe('Request failed');
  });

  it('sends further members beside its own, which they cannot replace', async () => {
    const problem = unprocessable('no_workflow', 'It is none.', {
      members: { issues: [{ code: 'x' }], status: 200 },
    });
    const response = await request(testApp([failing(problem)])).get('/things/1');
    expect(response.body).toMatchObject({ status: 422, issues: [{ code: 'x' }] });
  });

  it('sends the headers of a problem', async () => {
    const busy = await request(testApp([failing(serviceUnavailable(1.2))])).get('/things/1');
    expect(busy.headers['retry-after']).toBe('2');
    const stranger = await request(testApp([failing(unauthorized('c', 'd'))])).get('/things/1');
    expect(stranger.headers['www-authenticate']).toBe('Bearer realm="sim"');
  });

  it('hides the cause of a 500 and logs it with the request id', async () => {
    const { logger, lines } = recordingLogger();
    const app = testApp([failing(new RowMissingError('no row for id 7'))], { logger });
    const { body, text, status } = await request(app).get('/things/7');
    expect(status).toBe(500);
    expect(text).not.toMatch(/row|at .*\.ts/);
    expect(body.code).toBe('internal_error');
    expect(lines.find(({ message }) => message === 'request failed')).toMatchObject({
      level: 'error',
      requestId: body.requestId,
      err: { message: 'no row for id 7', table: 'things' },
    });
  });

  it('does not log the refusal of a bad request as an error', async () => {
    const { logger, lines } = recordingLogger();
    await request(testApp([failing(notFound('c', 'd'))], { logger })).get('/things/1');
    expect(lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
  });

  it('asks the mappers in order, and goes on where one does not know an error', async () => {
    const mappers: ErrorMapper[] = [
      (error) => (error instanceof RangeError ? badRequest('range', 'd') : undefined),
      (error, req) =>
        error instanceof RowMissingError
          ? serviceUnavailable(1, 'row_missing', req.method, { cause: error })
          : undefined,
    ];
    const { logger, lines } = recordingLogger();
    const app = testApp([failing(new RowMissingError('gone'))], { mappers, logger });
    const { body } = await request(app).get('/things/1');
    expect(body).toMatchObject({ status: 503, code: 'row_missing', detail: 'GET' });
    expect(lines.find(({ level }) => level === 'warn')).toMatchObject({ err: { message: 'gone' } });
  });

  it.each(['a text', undefined, null, 17])('answers 500 where %j is thrown', async (thrown) => {
    const router: RequestHandler = () => {
      // A library may throw anything.
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw thrown ?? 'nothing';
    };
    const { status } = await request(testApp([router])).get('/');
    expect(status).toBe(500);
  });

  it('maps what zod throws', async () => {
    const schema = z.strictObject({ name: z.string() });
    const router: RequestHandler = () => void schema.parse({ name: 1 });
    const { body } = await request(testApp([router])).get('/');
    expect(body).toMatchObject({ status: 400, code: 'invalid_body', errors: [{ path: 'name' }] });
  });

  it('answers 503 with Retry-After where a failure says that it passes', async () => {
    const away = Object.assign(new Error('The store is away.'), {
      code: 'store_away',
      retryAfterSeconds: 5,
    });
    const response = await request(testApp([failing(away)])).get('/things/1');
    expect(response.status).toBe(503);
    expect(response.headers['retry-after']).toBe('5');
    expect(response.body).toMatchObject({ code: 'store_away', detail: 'The store is away.' });
  });

  it('maps a path that is not properly encoded', async () => {
    const { body } = await request(testApp([failing(badRequest('c', 'd'))])).get('/things/%E0%A4');
    expect(body).toMatchObject({ status: 400, code: 'invalid_url' });
  });

  it('cuts the connection where half an answer is out', async () => {
    const router: RequestHandler = (_req, res) => {
      res.write('half');
      throw new RowMissingError('in the middle');
    };
    await expect(request(testApp([router])).get('/')).rejects.toThrow(/aborted|hang up/);
  });

  it('takes the validator of the answer that did not come with it', async () => {
    const router: RequestHandler = (_req, res) => {
      res.set('ETag', '"1"');
      throw preconditionFailed('changed', 'd');
    };
    const { headers } = await request(testApp([router])).get('/');
    expect(headers['etag']).not.toBe('"1"');
  });
});

describe('notFoundHandler', () => {
  it('names what is not there', async () => {
    const { body } = await request(testApp([express.json()])).post('/nowhere?x=1');
    expect(body).toMatchObject({ status: 404, code: 'route_not_found', instance: '/nowhere' });
    expect(body.detail).toContain('POST /nowhere');
  });
});

describe('ProblemError', () => {
  it('keeps its cause apart', () => {
    const cause = new RangeError('inner');
    const problem = new ProblemError(418, 'teapot', 'Short and stout.', { cause });
    expect(problem).toMatchObject({ cause, title: 'Request failed', message: 'Short and stout.' });
  });
});
