import { createConnection } from 'node:net';
import { once } from 'node:events';
import type { RequestHandler } from 'express';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { testApp } from '../testing/app.js';
import { createEventStreams, openEventStream, type EventStream } from './event-stream.js';
import { listen, type RunningServer } from './listen.js';

const running: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function serve(handler: RequestHandler): Promise<{ server: RunningServer; url: string }> {
  const server = await listen(testApp([handler]), 0, { graceMs: 50 });
  running.push(server);
  return { server, url: `http://127.0.0.1:${server.port}/` };
}

describe('openEventStream', () => {
  it('sends events in the format of the standard', async () => {
    const { url } = await serve(async (req, res) => {
      const stream = openEventStream(req, res, { retryMs: 500 });
      await stream.send({ id: 7, event: 'node-started', data: { text: 'two\nlines' } });
      await stream.send({ data: 'plain' });
      await stream.send({ id: 'a\nb', event: 'c\r\nd', data: undefined });
      stream.close();
    });
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(response.headers.get('cache-control')).toContain('no-cache');
    expect(await response.text()).toBe(
      'retry: 500\n\n' +
        'id: 7\nevent: node-started\ndata: {"text":"two\\nlines"}\n\n' +
        'data: "plain"\n\n' +
        'id: a b\nevent: c  d\ndata: null\n\n',
    );
  });

  it('knows where the client was', async () => {
    const { url } = await serve((req, res) => {
      const stream = openEventStream(req, res);
      void stream.send({ data: stream.lastEventId ?? null });
      stream.close();
    });
    const response = await fetch(url, { headers: { 'Last-Event-ID': '41' } });
    expect(await response.text()).toContain('data: "41"');
  });

  it('shows that it is alive', async () => {
    const { url } = await serve((req, res) => void openEventStream(req, res, { heartbeatMs: 5 }));
    const leaving = new AbortController();
    const response = await fetch(url, { signal: leaving.signal });
    const seen: string[] = [];
    for await (const chunk of response.body ?? []) {
      seen.push(Buffer.from(chunk as Uint8Array).toString());
      if (seen.join('').includes(': alive\n\n')) break;
    }
    leaving.abort();
    expect(seen.join('')).toContain(': alive\n\n');
  });

  it('notices that the client has left', async () => {
    const opened: EventStream[] = [];
    const left = vi.fn();
    const { url } = await serve((req, res) => {
      const stream = openEventStream(req, res);
      stream.onClose(left);
      opened.push(stream);
    });
    const leaving = new AbortController();
    await fetch(url, { signal: leaving.signal });
    leaving.abort();
    await vi.waitFor(() => expect(left).toHaveBeenCalledTimes(1));
    const [stream] = opened;
    expect(stream?.closed).toBe(true);
    expect(await stream?.send({ data: 1 })).toBe(false);
    const late = vi.fn();
    stream?.onClose(late);
    stream?.close();
    expect(late).toHaveBeenCalledTimes(1);
  });

  it('waits for a client that reads slowly', async () => {
    const sent = { count: 0 };
    const { server } = await serve(async (req, res) => {
      const stream = openEventStream(req, res, { maxBufferedBytes: 10_000_000 });
      const data = 'x'.repeat(200_000);
      while (sent.count < 200 && (await stream.send({ data }))) sent.count++;
      stream.close();
    });
    const socket = createConnection(server.port, '127.0.0.1');
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    // It comes to rest once the buffers of both sides are full, long before 40 MB.
    const rest = { count: -1 };
    await vi.waitFor(
      () => {
        const resting = sent.count > 0 && sent.count === rest.count;
        rest.count = sent.count;
        expect(resting).toBe(true);
      },
      { timeout: 5000, interval: 100 },
    );
    expect(sent.count).toBeLessThan(200);
    socket.resume();
    await vi.waitFor(() => expect(sent.count).toBe(200), { timeout: 5000 });
    socket.destroy();
  });

  it('cuts off a client for which too much waits', async () => {
    const results: boolean[] = [];
    const { server } = await serve(async (req, res) => {
      const stream = openEventStream(req, res, { maxBufferedBytes: 1_000_000 });
      const sends = Array.from({ length: 100 }, () => stream.send({ data: 'x'.repeat(500_000) }));
      results.push(...(await Promise.all(sends)));
    });
    const socket = createConnection(server.port, '127.0.0.1');
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await vi.waitFor(() => expect(results).toHaveLength(100), { timeout: 5000 });
    expect(results.at(-1)).toBe(false);
    socket.destroy();
    await once(socket, 'close');
  });
});

describe('createEventStreams', () => {
  it('ends every stream when the server closes', async () => {
    const streams = createEventStreams();
    const { server, url } = await serve((req, res) => {
      void streams.open(req, res).send({ data: 'open' });
    });
    server.onClosing(() => streams.closeAll());
    const responses = await Promise.all([fetch(url), fetch(url)]);
    expect(streams.count).toBe(2);
    const bodies = Promise.all(responses.map((response) => response.text()));
    await server.close();
    expect(await bodies).toEqual(Array(2).fill('retry: 2000\n\ndata: "open"\n\n'));
    expect(streams.count).toBe(0);
  });
});
