import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seedDemo, type Send } from './seed.js';

/** The part of the API that seeding uses, in memory. */
function fakeApp() {
  const users = new Map<string, string>();
  const imported: unknown[] = [];
  let failImportOf: string | null = null;
  const send: Send = async (path, init) => {
    const request = new Request(`http://app${path}`, init);
    const body = (await request.json()) as Record<string, string>;
    const bearer = request.headers.get('Authorization');
    if (path.endsWith('/sign-up/email')) {
      users.set(body['email'] ?? '', body['password'] ?? '');
      return json(200, { token: 'session' });
    }
    if (path.endsWith('/sign-in/email')) {
      const known = users.get(body['email'] ?? '') === body['password'];
      return known ? json(200, { token: 'session' }) : json(401, { code: 'unauthorized' });
    }
    if (path.endsWith('/auth/token') && bearer === 'Bearer session') {
      return json(200, { accessToken: 'jwt', expiresIn: 900 });
    }
    if (path.endsWith('/workflows/import') && bearer === 'Bearer jwt') {
      if (body['name'] === failImportOf) return json(422, { detail: 'No blocks.' });
      imported.push(body);
      return json(201, { workflow: { id: `wf_${imported.length}`, name: body['name'] } });
    }
    return json(401, { detail: 'No.' });
  };
  return { users, imported, send, refuse: (name: string | null) => (failImportOf = name) };
}

const json = (status: number, body: object) => new Response(JSON.stringify(body), { status });

describe('seeding the demo', () => {
  let root: string;
  let options: { dataDir: string; samplesDir: string; password: string };
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sim-seed-'));
    options = { dataDir: root, samplesDir: join(root, 'samples'), password: 'secret-pass' };
    await mkdir(options.samplesDir);
    await writeFile(join(options.samplesDir, 'a.json'), '{"name":"A"}');
    await writeFile(join(options.samplesDir, 'b.json'), '{"name":"B"}');
    await writeFile(join(options.samplesDir, 'README.md'), 'not a sample');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('makes the user and imports every sample', async () => {
    const app = fakeApp();
    expect(await seedDemo({ ...options, send: app.send })).toEqual([
      { file: 'a.json', id: 'wf_1', name: 'A' },
      { file: 'b.json', id: 'wf_2', name: 'B' },
    ]);
    expect(app.users.get('demo@example.com')).toBe('secret-pass');
  });

  it('asks for nothing the second time and tells the same samples', async () => {
    const first = await seedDemo({ ...options, send: fakeApp().send });
    const silent: Send = () => Promise.reject(new TypeError('nobody listens'));
    expect(await seedDemo({ ...options, send: silent })).toEqual(first);
  });

  it('imports a sample that was added since, as the same user', async () => {
    const app = fakeApp();
    await seedDemo({ ...options, send: app.send });
    await writeFile(join(options.samplesDir, 'c.json'), '{"name":"C"}');
    await seedDemo({ ...options, send: app.send });
    expect(app.imported).toEqual([{ name: 'A' }, { name: 'B' }, { name: 'C' }]);
    expect(app.users.size).toBe(1);
  });

  it('goes on where it was interrupted', async () => {
    const app = fakeApp();
    app.refuse('B');
    await expect(seedDemo({ ...options, send: app.send })).rejects.toThrow(
      'The sample b.json was refused: 422 {"detail":"No blocks."}',
    );
    app.refuse(null);
    await seedDemo({ ...options, send: app.send });
    expect(app.imported).toEqual([{ name: 'A' }, { name: 'B' }]);
  });
});
