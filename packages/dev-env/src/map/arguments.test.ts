import { describe, expect, it } from 'vitest';
import { mapArguments } from './arguments.js';

describe('the arguments of map', () => {
  it.each([
    [['a.json'], { file: 'a.json', called: [], format: 'json' }],
    [
      ['a.json', 'b.json', 'c.zip'],
      { file: 'a.json', called: ['b.json', 'c.zip'], format: 'json' },
    ],
    [['a.json', '--format', 'mermaid'], { file: 'a.json', called: [], format: 'mermaid' }],
    [['a.json', '--format', 'xstate'], { file: 'a.json', called: [], format: 'xstate' }],
    [['--format=text', 'a.json'], { file: 'a.json', called: [], format: 'text' }],
    [['--format=json', 'a.json'], { file: 'a.json', called: [], format: 'json' }],
  ])('%j', (args, expected) => {
    expect(mapArguments(args)).toEqual(expected);
  });

  it.each([
    [[], 'A file is missing.'],
    [['a.json', '--format'], '--format takes json, mermaid, xstate or text, not nothing.'],
    [['a.json', '--format', 'svg'], '--format takes json, mermaid, xstate or text, not svg.'],
    [['a.json', '--fromat', 'json'], 'There is no option --fromat.'],
  ])('refuse %j', (args, problem) => {
    expect(mapArguments(args)).toEqual({ problem });
  });
});
