import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from './random.js';
import { startToolServer, type ToolServer } from './tool-server.js';

let tools: ToolServer;
beforeAll(async () => {
  tools = await startToolServer(createRandom('tools'));
});
afterAll(() => tools.close());

const post = (body: string, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(`${tools.origin}/book`, { method: 'POST', body, headers, ...(signal && { signal }) });

describe('the tool server', () => {
  it('notes key, body and time of each call, repeats too', async () => {
    const before = Date.now();
    const answers = [];
    for (let time = 0; time < 2; time += 1) {
      const response = await post('{"ref": "r1"}', { 'Idempotency-Key': 'k1' });
      answers.push(await response.json());
    }
    expect(answers).toEqual([{ id: 1 }, { id: 2 }]);
    expect(tools.calls.map(({ key, body }) => [key, body])).toEqual([
      ['k1', { ref: 'r1' }],
      ['k1', { ref: 'r1' }],
    ]);
    expect(tools.calls[0]?.at).toBeGreaterThanOrEqual(before);
  });

  it('notes what has no key and is no JSON', async () => {
    await post('not json');
    expect(tools.calls.at(-1)).toMatchObject({ key: null, body: null });
  });

  it('notes a call whose caller is gone before the answer', async () => {
    const { length } = tools.calls;
    const gone = new AbortController();
    const call = post('{"ref": "gone"}', {}, gone.signal).catch(() => null);
    await expect.poll(() => tools.calls.length).toBe(length + 1);
    gone.abort();
    await call;
    expect((await post('{}')).status).toBe(200);
  });
});
