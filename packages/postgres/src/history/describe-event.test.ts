import type { SessionEvent } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { describeEvent } from './describe-event.js';
import { kindOf, printable, shown } from './printable.js';

const telling = (texts: boolean) => ({ texts, label: (id: string) => `"${id}"` });
const told = (event: unknown, texts = false): string =>
  describeEvent(event as SessionEvent, telling(texts));

describe('an event on a line', () => {
  it('tells what was said by its length, or as it was said', () => {
    const said = { type: 'user-said', text: 'my secret', intent: 'provide-value', confidence: 1 };
    expect(told(said)).toBe('a text of 9, provide-value 1.00');
    expect(told(said, true)).toBe('"my secret", provide-value 1.00');
  });

  it('tells values by their slots', () => {
    const filled = { type: 'slots-filled', questionId: 'qst_1', values: { n: 5 }, focus: 'city' };
    expect(told(filled)).toBe('qst_1, n: a number, next: city');
    expect(told(filled, true)).toBe('qst_1, n: 5, next: city');
  });

  it('tells which iteration of which block', () => {
    const scope = { id: 'sc_4', kind: 'iteration', index: 2, parent: { stateId: 'st_each' } };
    expect(told({ type: 'scope-opened', scope })).toBe('iteration 2 of "st_each", scope sc_4');
  });

  it('keeps the message of a failure back with the texts', () => {
    const error = { code: 'http_error', message: 'Ada is unknown', retryable: true };
    const failed = {
      type: 'node-failed',
      scopeId: 'sc_4',
      stateId: 'st_call',
      runId: 'run_2',
      error,
      effectDone: true,
      durationMs: 12,
    };
    expect(told(failed)).toBe(
      '"st_call" in scope sc_4, run_2, 12 ms, http_error, may have acted outside',
    );
    expect(told(failed, true)).toContain('http_error: Ada is unknown');
  });

  it.each([
    [{ type: 'of-tomorrow' }, 'of a kind that this release does not know'],
    [{ type: 'constructor' }, 'of a kind that this release does not know'],
    [{ type: 'node-started' }, 'incomplete: its data are damaged'],
    [{ type: 'question-asked', question: null }, 'incomplete: its data are damaged'],
  ])('takes %j', (event, line) => {
    expect(told(event)).toBe(line);
  });

  it('is one line that a terminal does not obey, however long', () => {
    const text = `\u001b[2J\n\u202e${'x'.repeat(100_000)}`;
    const line = told({ type: 'user-said', text, intent: 'greet', confidence: 0 }, true);
    expect(line).toMatch(/^"·\[2J··x+…, greet 0\.00$/);
    expect(line.length).toBeLessThan(300);
  });
});

describe('a value', () => {
  it.each([
    [undefined, 'nothing'],
    [null, 'null'],
    ['abc', 'a text of 3'],
    [[1], 'a list of 1'],
    [{ a: 1 }, 'a record of 1'],
    [true, 'a boolean'],
  ])('%j is told by its kind', (value, kind) => {
    expect(kindOf(value)).toBe(kind);
    expect(shown(value, false)).toBe(kind);
  });

  it('that should be a text is told by its kind', () => {
    expect(printable({ toString: 1 })).toBe('a record of 1');
  });
});
