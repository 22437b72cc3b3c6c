import { describe, expect, it } from 'vitest';
import { parsePostmasterFile } from './postmaster-file.js';

const READY = '4711\n/data/cluster\n1700000000\n5433\n\n127.0.0.1\n  1234  5\nready   \n';

describe('postmaster.pid', () => {
  it('tells the process, the port and the status', () => {
    expect(parsePostmasterFile(READY)).toEqual({ pid: 4711, port: 5433, status: 'ready' });
  });

  it('is read while it is still being written', () => {
    expect(parsePostmasterFile('4711\n/data/cluster\n1700000000\n5433\n')).toEqual({
      pid: 4711,
      port: 5433,
      status: null,
    });
    expect(parsePostmasterFile('4711\n')).toEqual({ pid: 4711, port: null, status: null });
  });

  it.each(['', '\n', 'x\n', '-1\n', '0\n', '1.5\n'])(
    'says nothing where it is cut short: %j',
    (text) => {
      expect(parsePostmasterFile(text)).toBeNull();
    },
  );
});
