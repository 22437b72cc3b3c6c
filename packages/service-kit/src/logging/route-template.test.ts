import { Router, type Request } from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { testApp } from '../testing/app.js';
import { routeTemplate, UNMATCHED, watchRoute } from './route-template.js';

/** The template of the request that goes through `routes` to `path`, as the last handler sees it. */
async function templateAt(path: string, routes: Router): Promise<string> {
  const seen: Request[] = [];
  const note = Router().use((req, _res, next) => {
    watchRoute(req);
    seen.push(req);
    next();
  });
  await request(testApp([note, routes])).get(path);
  return seen.map(routeTemplate).join();
}

const done = Router().get('/end', (_req, res) => void res.json({}));

describe('routeTemplate', () => {
  it('joins the mounts and the route', async () => {
    const routes = Router().use('/api', Router().use('/v1', done));
    expect(await templateAt('/api/v1/end', routes)).toBe('/api/v1/end');
  });

  it.each(['ses_1', '42', 'a%20b', '9b2e7a1c-0000-4000-8000-000000000000', 'x@y.z'])(
    'masks %s in a mount path',
    async (value) => {
      const routes = Router().use('/sessions/:id', done);
      expect(await templateAt(`/sessions/${value}/end`, routes)).toBe('/sessions/:param/end');
    },
  );

  it('keeps the route that failed, not the one that answered for it', async () => {
    const routes = Router().use(
      '/api',
      Router().get('/fails/:id', () => {
        throw new RangeError('at fault');
      }),
    );
    expect(await templateAt('/api/fails/7', routes)).toBe('/api/fails/:id');
  });

  it('has no template for a pattern', async () => {
    const routes = Router().get(/^\/files\/.*/, (_req, res) => void res.json({}));
    expect(await templateAt('/files/of/ann.txt', routes)).toBe(UNMATCHED);
  });

  it('has one for a mount that ends the path', async () => {
    const root = Router().get('/', (_req, res) => void res.json({}));
    expect(await templateAt('/api/things', Router().use('/api/things', root))).toBe('/api/things');
  });
});
