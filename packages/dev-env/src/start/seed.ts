import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StartError } from './errors.js';

export const DEMO_EMAIL = 'demo@example.com';

/** A workflow that was imported for the demo user. */
export interface SeededSample {
  readonly file: string;
  readonly id: string;
  readonly name: string;
}

/** Sends a request to the app; tests give another. */
export type Send = (path: string, init: RequestInit) => Promise<Response>;

const MARKER = 'seeded.json';

/**
 * Makes the demo user and imports every sample into its workspace, once for a data folder: a sample that
 * the user deletes does not come back. Goes through the API as any client does.
 *
 * @param send - to the app that runs.
 * @throws StartError naming the request that was refused.
 */
export async function seedDemo(options: {
  readonly send: Send;
  readonly dataDir: string;
  readonly samplesDir: string;
  readonly password: string;
}): Promise<readonly SeededSample[]> {
  const marker = join(options.dataDir, MARKER);
  const done = await readMarker(marker);
  const files = (await readdir(options.samplesDir)).filter((name) => name.endsWith('.json')).sort();
  const missing = files.filter((file) => !done.some((sample) => sample.file === file));
  if (missing.length === 0) return done;

  const token = await demoToken(options.send, options.password);
  const all = [...done];
  for (const file of missing) {
    all.push(await importSample(options.send, token, join(options.samplesDir, file)));
    await writeMarker(marker, all);
  }
  return all;
}

async function demoToken(send: Send, password: string): Promise<string> {
  const credentials = { email: DEMO_EMAIL, password };
  // A start that was interrupted may have made the user already.
  const signedIn = await post(send, '/api/v1/auth/sign-in/email', credentials);
  const response = signedIn.ok
    ? signedIn
    : await post(send, '/api/v1/auth/sign-up/email', { ...credentials, name: 'Demo' });
  const session = await field(response, 'token', 'The demo user could not be made');
  const exchanged = await post(send, '/api/v1/auth/token', {}, session);
  return field(exchanged, 'accessToken', 'The demo user got no token');
}

async function importSample(send: Send, token: string, path: string): Promise<SeededSample> {
  const response = await send('/api/v1/workflows/import', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: await readFile(path),
  });
  const problem = `The sample ${basename(path)} was refused`;
  const answer = await jsonOf(response, problem);
  const workflow = property(answer, 'workflow');
  const [id, name] = [property(workflow, 'id'), property(workflow, 'name')];
  if (typeof id !== 'string' || typeof name !== 'string') throw new StartError(`${problem}.`);
  return { file: basename(path), id, name };
}

function post(send: Send, path: string, body: object, token?: string): Promise<Response> {
  return send(path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
}

async function field(response: Response, name: string, problem: string): Promise<string> {
  const value = property(await jsonOf(response, problem), name);
  if (typeof value !== 'string') throw new StartError(`${problem}: the answer has no ${name}.`);
  return value;
}

async function jsonOf(response: Response, problem: string): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new StartError(`${problem}: ${response.status} ${text.slice(0, 500)}`);
  return JSON.parse(text) as unknown;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

async function readMarker(path: string): Promise<SeededSample[]> {
  const text = await readFile(path, 'utf8').catch(() => '[]');
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value.filter(isSample) : [];
}

function isSample(value: unknown): value is SeededSample {
  return ['file', 'id', 'name'].every((name) => typeof property(value, name) === 'string');
}

async function writeMarker(path: string, samples: readonly SeededSample[]): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(samples, null, 2)}\n`);
  await rename(`${path}.new`, path);
}
