import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onStopSignal } from './stop-signal.js';

function setUp() {
  const source = new EventEmitter();
  const heard: string[] = [];
  const clock = { now: 5000 };
  const end = onStopSignal(
    (signal) => heard.push(signal),
    () => heard.push('again'),
    source,
    () => clock.now,
  );
  return { source, heard, clock, end };
}

describe('a signal to stop', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('is %s', (signal) => {
    const { source, heard } = setUp();
    source.emit(signal);
    expect(heard).toEqual([signal]);
  });

  it('counts once though it arrives by several ways', () => {
    const { source, heard, clock } = setUp();
    source.emit('SIGINT');
    clock.now += 40;
    source.emit('SIGINT');
    source.emit('SIGTERM');
    expect(heard).toEqual(['SIGINT']);
  });

  it('is repeated by an impatient person', () => {
    const { source, heard, clock } = setUp();
    source.emit('SIGINT');
    clock.now += 1500;
    source.emit('SIGINT');
    expect(heard).toEqual(['SIGINT', 'again']);
  });

  it('is not listened for after the end', () => {
    const { source, heard, end } = setUp();
    end();
    source.emit('SIGINT');
    expect(heard).toEqual([]);
    expect(source.listenerCount('SIGTERM')).toBe(0);
  });
});
