import { describe, expect, it } from 'vitest';
import { readQuestion } from './questions.js';
import { listen } from './text.js';

const intent = (said: string): string | null =>
  readQuestion(listen(said))?.hypothesis.intent ?? null;

describe('questions on the side', () => {
  it.each([
    'what is the refund policy?',
    'what is the refund policy',
    "what's the fee",
    'how long does it take',
    'how much',
    'who approves this?',
    'when will it arrive',
    'where is my order?',
    'which one is cheaper?',
    'is it insured?',
    'do you ship to Norway?',
    'does this cost anything',
    'tell me about your fees',
    'I want to know the price',
    'hello, what is this about?',
    'any idea how long that takes',
    'really?',
    '¿qué? ?',
    '什么？',
  ])('%j asks', (said) => {
    expect(intent(said)).toBe('ask-question');
  });

  it.each([
    'why do you need my email?',
    'why are you asking me for that',
    'why is my phone number required?',
  ])('%j wants this step explained', (said) => {
    expect(intent(said)).toBe('explain');
  });

  it.each([
    'it arrived broken',
    'whatever',
    'what a mess',
    'is',
    'cancel',
    '',
    'when it arrived it was broken',
  ])('%j does not ask', (said) => {
    expect(intent(said)).toBeNull();
  });

  it('tells a request in the dress of a question', () => {
    const request = (said: string): boolean | undefined => readQuestion(listen(said))?.request;
    expect(request('can you deliver it tomorrow?')).toBe(true);
    expect(request('how about tomorrow at 7?')).toBe(true);
    expect(request('what is the fee?')).toBe(false);
    expect(request('are they open tomorrow?')).toBe(false);
  });

  it('is surer where there is a question mark', () => {
    const sure = (said: string): number => readQuestion(listen(said))?.hypothesis.confidence ?? 0;
    expect(sure('what is the fee?')).toBeGreaterThan(sure('what is the fee'));
  });
});
