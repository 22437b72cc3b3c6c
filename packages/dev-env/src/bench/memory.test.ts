import { describe, expect, it } from 'vitest';
import { verdictOf, type MemoryLine } from './memory.js';

const lines = (...heaps: number[]): MemoryLine[] =>
  heaps.map((heapMegabytes, index) => ({
    bench: 'memory',
    sessions: index * 1_000,
    heapMegabytes,
    externalMegabytes: 5,
    rssMegabytes: 150,
    change: heapMegabytes / (heaps[0] ?? 1) - 1,
  }));

describe('the verdict on the memory', () => {
  it('is flat where the heap moves within a twentieth, up or down', () => {
    expect(verdictOf(lines(100, 104.9, 95.1))).toBe(
      'The heap is flat: within 4.9 % of what it was after the warm-up.',
    );
  });

  it('is not where it has grown or shrunk more at any point', () => {
    expect(verdictOf(lines(100, 103, 106, 100))).toContain(
      '✗ The heap is not flat: it moved by 6 %',
    );
    expect(verdictOf(lines(100, 90))).toContain('it moved by 10 %');
  });
});
