import type { Intent } from '@sim/domain';
import { describe, expect, it } from 'vitest';
import { COMMAND_PHRASES } from './command-phrases.js';
import { isPhrase, readBareCommand, readLooseCommand, readNegatedCommand } from './commands.js';
import { listen } from './text.js';

const bare = (said: string): readonly [Intent | null, number] => {
  const heard = readBareCommand(listen(said));
  return [heard?.intent ?? null, heard?.confidence ?? 0];
};

describe('bare commands', () => {
  it.each<[string, Intent]>([
    ['begin', 'start'],
    ['run it', 'start'],
    ['start the workflow', 'start'],
    ['wait a moment', 'pause'],
    ['pause the session please', 'pause'],
    ['carry on', 'resume'],
    ['pick up where we left off', 'resume'],
    ["I'm back", 'resume'],
    ['abort', 'cancel'],
    ['nevermind', 'cancel'],
    ['forget it', 'cancel'],
    ['I changed my mind', 'cancel'],
    ['end this conversation', 'cancel'],
    ['leave it blank', 'skip'],
    ['skip the question', 'skip'],
    ['one more time', 'retry'],
    ['do it again', 'retry'],
    ['take me back', 'back'],
    ['previous question', 'back'],
    ['start from scratch', 'restart'],
    ['reset everything', 'restart'],
    ["what's the status", 'status'],
    ['how many steps are left?', 'status'],
    ['explain this step', 'explain'],
    ["I don't understand", 'explain'],
    ['what went wrong?', 'explain'],
    ["I'm stuck", 'help'],
    ['what are my options', 'help'],
    ['pardon?', 'repeat'],
    ['what was the question', 'repeat'],
    ['good evening', 'greet'],
    ['how are you?', 'greet'],
    ['much appreciated', 'thank'],
    ['have a nice day', 'goodbye'],
    ['back to chat', 'switch-mode'],
    ['visual mode', 'switch-mode'],
  ])('%j is %s', (said, intent) => {
    expect(bare(said)).toEqual([intent, 0.99]);
  });

  it.each<[string, Intent]>([
    ['cancl', 'cancel'],
    ['contineu', 'resume'],
    ['explian this step', 'explain'],
    ['start agian', 'restart'],
    ['reepat', 'repeat'],
  ])('%j is a slip for %s', (said, intent) => {
    expect(bare(said)).toEqual([intent, 0.85]);
  });

  it.each([
    'cancel my subscription',
    'the start was good',
    'help yourself to it',
    'smart',
    'stark',
    '',
    '!?',
  ])('%j is none', (said) => {
    expect(bare(said)).toEqual([null, 0]);
  });

  it('has no phrase whose words could not have been heard', () => {
    for (const phrase of COMMAND_PHRASES.keys()) {
      expect(
        listen(phrase)
          .words.map(({ text }) => text)
          .join(' '),
      ).toBe(phrase);
    }
  });

  it('names where to switch to with the place of the words', () => {
    expect(readBareCommand(listen('please switch to the canvas'))?.entities).toEqual([
      {
        type: 'choice',
        value: 'visual',
        raw: 'switch to the canvas',
        start: 7,
        end: 27,
        confidence: 0.99,
      },
    ]);
  });
});

describe('command words in front of something', () => {
  it('are likely commands, the less so the more follows', () => {
    expect(readLooseCommand(listen('cancel the refund'))).toMatchObject({
      intent: 'cancel',
      confidence: 0.7,
    });
    expect(readLooseCommand(listen('stop sending it to my old place'))?.confidence).toBeCloseTo(
      0.6,
    );
    expect(readLooseCommand(listen('start my car for me on this very cold morning'))).toBeNull();
    expect(readLooseCommand(listen('the cancel'))).toBeNull();
  });

  it('are refused by a negation', () => {
    for (const said of [
      "don't cancel",
      'do not stop it',
      "please don't restart",
      'never skip this',
    ]) {
      expect(readNegatedCommand(listen(said))?.intent).toBe('deny');
    }
    for (const said of ['no cancel', 'cancel', "don't worry", 'not']) {
      expect(readNegatedCommand(listen(said))).toBeNull();
    }
  });
});

it('knows phrases that need no answer', () => {
  expect(isPhrase(listen('thanks a lot').words)).toBe(true);
  expect(isPhrase(listen('').words)).toBe(true);
  expect(isPhrase(listen('it broke').words)).toBe(false);
});
