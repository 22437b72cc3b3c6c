import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, portProblem } from '@sim/dev-env';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../support/live-client.js';

// As a person runs it, but for the runner: what was built, in a process of its own.
const PROGRAM = join(import.meta.dirname, '../../packages/dev-env/dist/start/main.js');

describe('npm start', () => {
  let dataDir: string;
  let env: Record<string, string>;
  let running: ChildProcess[];
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sim-e2e-start-'));
    const port = await freePort();
    env = {
      DATA_DIR: dataDir,
      PORT: String(port),
      CONVERSATION_SERVICE_PORT: String(await freePort()),
      METRICS_ENABLED: 'false',
    };
    running = [];
  });
  afterEach(async () => {
    for (const child of running) await end(child, 'SIGTERM');
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Resolves once it says that it is ready, or has ended. */
  async function start(more: Record<string, string> = {}, args: string[] = []) {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      env: { ...process.env, ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.push(child);
    let text = '';
    const ready = new Promise<void>((resolve) => {
      const read = (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('Ctrl-C stops everything.')) resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('close', () => resolve());
    });
    await ready;
    return { child, text: () => text };
  }

  const app = (path: string) => `http://127.0.0.1:${env['PORT'] ?? ''}${path}`;

  async function signIn(text: string): Promise<string> {
    const [, email = '', password = ''] = /Demo sign-in\s+(\S+)\s+(\S+)/.exec(text) ?? [];
    const session = await post('/api/v1/auth/sign-in/email', { email, password });
    const token = await post('/api/v1/auth/token', {}, String(session['token']));
    return String(token['accessToken']);
  }

  async function post(
    path: string,
    body: object,
    bearer?: string,
  ): Promise<Record<string, unknown>> {
    const response = await fetch(app(path), {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Origin: app(''),
        ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  }

  it('leads from nothing to a finished conversation', async () => {
    const { text } = await start();
    const token = await signIn(text());
    const [, workflowId] = /Refund\s+(wf_\w+)/.exec(text()) ?? [];
    const opened = await post('/api/v1/conversational-workflows/sessions', { workflowId }, token);
    const say = (naturalLanguageInput: string) =>
      post(
        `/api/v1/conversational-workflows/sessions/${String(opened['sessionId'])}/commands`,
        { naturalLanguageInput },
        token,
      );
    await say('the order is A-7');
    await say('80 euros');
    expect(await say('it has the wrong size')).toMatchObject({
      state: {
        executionStatus: 'completed',
        output: { data: { order: 'A-7', decision: 'approved', amount: 80 } },
      },
    });
    // Every link of the start page leads somewhere, to the other service too.
    const home = await (await fetch(app('/'))).text();
    const links = [...home.matchAll(/href="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(links.some((link) => link.includes('conversational-workflows'))).toBe(true);
    for (const link of links) expect((await fetch(app(link))).status, link).toBe(200);
  });

  it('brings what happens to live connections at once, with no Redis', async () => {
    const { text } = await start();
    const token = await signIn(text());
    const [, workflowId] = /Refund\s+(wf_\w+)/.exec(text()) ?? [];
    const client = await connect(app(''), token, { extraHeaders: { Origin: app('') } });
    const opened = await client.ask('create-conversational-workflow', { workflowId });
    const sessionId = opened.ok ? opened.session.sessionId : '';
    await post(
      `/api/v1/conversational-workflows/sessions/${sessionId}/commands`,
      { naturalLanguageInput: 'order A-7, 80 euros, it has the wrong size' },
      token,
    );
    expect(await client.next('session-ended')).toMatchObject({ status: 'completed' });
    const ids = client.log().map(({ eventId }) => eventId);
    expect(ids).toEqual(ids.map((_, index) => index));
    expect(client.faults).toEqual([]);
    client.close();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind after %s', async (signal) => {
    const { child, text } = await start();
    const [pid] = (await readFile(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8')).split(
      '\n',
    );
    expect(await end(child, signal)).toBe(0);
    expect(text()).toContain('✓ Stopped');
    expect(await readdir(dataDir)).not.toContain('lock');
    expect(await readdir(join(dataDir, 'postgres/cluster'))).not.toContain('postmaster.pid');
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
    expect(await portProblem(Number(env['PORT']))).toBeNull();
  });

  it('keeps what there was, also after it was killed outright', async () => {
    const first = await start();
    await end(first.child, 'SIGKILL');
    const second = await start();
    expect(second.text()).toContain('Ready in');
    const demo = (text: string) => /Demo sign-in[\s\S]*?Try it/.exec(text)?.[0];
    expect(demo(second.text())).toBe(demo(first.text()));
    expect(await signIn(second.text())).toMatch(/^ey/);
  });

  it('starts afresh with --reset', async () => {
    const first = await start();
    await end(first.child, 'SIGTERM');
    const second = await start({}, ['--reset']);
    const ids = (text: string) => text.match(/wf_\w+/g);
    expect(ids(second.text())).toHaveLength(5);
    expect(ids(second.text())).not.toEqual(ids(first.text()));
  });

  it('says which port is taken and how to take another', async () => {
    await start();
    const other = await mkdtemp(join(tmpdir(), 'sim-e2e-start-'));
    const { child, text } = await start({ DATA_DIR: other });
    await rm(other, { recursive: true });
    expect(child.exitCode).toBe(1);
    expect(text()).toContain(`Port ${env['PORT'] ?? ''} (the app) is in use by another program.`);
    expect(text()).toMatch(/CONVERSATION_SERVICE_PORT=\d+ npm start/);
    expect(text()).not.toContain('    at ');
  });

  it('says that the data are in use by another start', async () => {
    const { child } = await start();
    const ports = {
      PORT: String(await freePort()),
      CONVERSATION_SERVICE_PORT: String(await freePort()),
    };
    const second = await start(ports);
    expect(second.child.exitCode).toBe(1);
    expect(second.text()).toContain(`in use by another start (process ${child.pid ?? 0})`);
    expect((await fetch(app('/live'))).status).toBe(200);
  });
});

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'close');
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}
