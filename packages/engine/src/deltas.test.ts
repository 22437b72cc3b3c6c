import { describe, expect, it, vi } from 'vitest';
import { createDeltas, type DeltaOptions } from './deltas.js';

function collect(options: Partial<DeltaOptions> = {}) {
  const told: string[] = [];
  const indices: number[] = [];
  const deltas = createDeltas({
    tell: (text, index) => {
      told.push(text);
      indices.push(index);
      return Promise.resolve();
    },
    secrets: [],
    maxLength: 1_000_000,
    collectMs: 1,
    ...options,
  });
  return { deltas, told, indices };
}

describe('text that is told piece by piece', () => {
  it('is told while more is to come, numbered, and nothing of it is lost', async () => {
    const { deltas, told, indices } = collect();
    deltas.push('Once upon ');
    deltas.push('a time');
    await vi.waitFor(() => expect(told).toEqual(['Once upon a time']));
    deltas.push(' there was');
    await deltas.end();
    expect(told.join('')).toBe('Once upon a time there was');
    expect(indices).toEqual(told.map((_, index) => index));
  });

  it('comes in few messages, however small its pieces are', async () => {
    const { deltas, told } = collect({ collectMs: 60_000 });
    for (let n = 0; n < 1000; n += 1) deltas.push('x');
    await deltas.end();
    expect(told).toEqual(['x'.repeat(1000)]);
  });

  it('waits for a listener that is slow, and is told more at once then', async () => {
    let release: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (release = resolve));
    const told: string[] = [];
    const { deltas } = collect({
      tell: (text) => {
        told.push(text);
        return told.length === 1 ? first : Promise.resolve();
      },
    });
    deltas.push('a');
    await vi.waitFor(() => expect(told).toEqual(['a']));
    for (const text of 'bcd') {
      deltas.push(text);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    expect(told).toEqual(['a']);
    release();
    await vi.waitFor(() => expect(told).toEqual(['a', 'bcd']));
    await deltas.end();
  });

  it('has a bound for one message and for all', async () => {
    const { deltas, told } = collect({ maxLength: 20_000 });
    deltas.push('x'.repeat(15_000));
    deltas.push('y'.repeat(15_000));
    deltas.push('z');
    await deltas.end();
    expect(told.join('')).toBe('x'.repeat(15_000) + 'y'.repeat(5_000));
    expect(Math.max(...told.map(({ length }) => length))).toBeLessThanOrEqual(8_000);
  });

  it('is not told once it has ended', async () => {
    const { deltas, told } = collect();
    await deltas.end();
    deltas.push('late');
    await deltas.end();
    expect(told).toEqual([]);
  });

  it('shows no secret, also where it comes in pieces', async () => {
    const secrets = ['sk-very-long-secret', 'pass'];
    const { deltas, told } = collect({ secrets });
    for (const letter of 'the key sk-very-long-secret and pass, done') {
      deltas.push(letter);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(told.length).toBeGreaterThan(1);
    await deltas.end();
    expect(told.join('')).toBe('the key *** and ***, done');
  });

  it('does not break a character in two', async () => {
    const { deltas, told } = collect();
    const [high = '', low = ''] = '😀'.split('');
    deltas.push(`a${high}`);
    await vi.waitFor(() => expect(told).toEqual(['a']));
    deltas.push(`${low}${'😀'.repeat(4_000)}`);
    await deltas.end();
    expect(told.join('')).toBe(`a${'😀'.repeat(4_001)}`);
    for (const text of told) expect(text).not.toMatch(/\p{Surrogate}/u);
  });
});
