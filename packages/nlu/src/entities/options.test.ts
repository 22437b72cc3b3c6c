import { describe, expect, it } from 'vitest';
import { DELIVERY, fill, options, slot } from '../testing/scenes.js';
import { listen } from '../text.js';
import { nameOptions, optionByPart, optionByPosition } from './options.js';

const shipping = options('Standard delivery', 'Express delivery', 'Pick up');
const labels = (said: string): readonly string[] =>
  nameOptions(listen(said).words, shipping).map(({ option }) => option.label);

describe('options by name', () => {
  it.each([
    ['Express delivery', ['Express delivery']],
    ['the EXPRESS DELIVERY please', ['Express delivery']],
    ['expres delivry', ['Express delivery']],
    ['pick-up', ['Pick up']],
    ['not express delivery', []],
    ['standard delivery or pick up', ['Standard delivery', 'Pick up']],
    ['delivery', []],
    ['', []],
  ])('in %j are %j', (said, expected) => {
    expect(labels(said)).toEqual(expected);
  });

  it('are heard by value too', () => {
    const levels = [
      { value: 'p1', label: 'Urgent' },
      { value: 2, label: 'Normal' },
    ];
    expect(nameOptions(listen('P1').words, levels)[0]?.option.value).toBe('p1');
    expect(nameOptions(listen('2').words, levels)[0]?.option.value).toBe(2);
  });

  it('prefer the longer name', () => {
    const sizes = options('Large', 'Extra large');
    expect(
      nameOptions(listen('extra large').words, sizes).map(({ option }) => option.label),
    ).toEqual(['Extra large']);
  });
});

describe('options by position', () => {
  it.each([
    ['1', 0],
    ['2', 1],
    ['the second one', 1],
    ['last one', 2],
    ['number three', 2],
    ['option 2 please', 1],
    ['2nd', 1],
    ['the first', 0],
    ['I choose the third one', 2],
    ['the middle one', 1],
    ['number one', 0],
    ['the last', 2],
  ])('%j is at %d', (said, at) => {
    expect(optionByPosition(listen(said).words, shipping)?.option).toBe(shipping[at]);
  });

  it.each([
    '4',
    '0',
    'the tenth',
    'this one',
    'two or three',
    'second hand goods',
    '',
    'one of them maybe',
  ])('%j is at none', (said) => {
    expect(optionByPosition(listen(said).words, shipping)).toBeNull();
  });
});

describe('options by a part of their name', () => {
  it('are found where only one has it', () => {
    expect(optionByPart(listen('express').words, shipping)?.option.label).toBe('Express delivery');
    expect(optionByPart(listen('expresss').words, shipping)?.option.label).toBe('Express delivery');
    expect(optionByPart(listen('delivery').words, shipping)).toBeNull();
    expect(optionByPart(listen('standard express').words, shipping)).toBeNull();
  });
});

describe('slots', () => {
  it('that are not asked for take an option named in passing', () => {
    expect(fill('large ones', [DELIVERY.quantity, DELIVERY.size])).toEqual({ size: 'large' });
  });

  it('that are not asked for take everyday words only beside their name', () => {
    const other = slot('contact', 'string', { options: options('None', 'All') });
    expect(fill('all of it', [DELIVERY.quantity, other])).toEqual({});
    expect(fill('contact: none', [DELIVERY.quantity, other])).toEqual({ contact: 'none' });
  });

  it('with numbers for options take the number, not the position', () => {
    const rating = slot('rating', 'number', {
      options: [5, 3, 1].map((value) => ({ value, label: String(value) })),
    });
    expect(fill('3', [rating])).toEqual({ rating: 3 });
    expect(fill('1', [rating])).toEqual({ rating: 1 });
  });

  it('that take several are given all', () => {
    const toppings = slot('toppings', 'array', { options: options('Ham', 'Olives', 'Basil') });
    expect(fill('ham and basil please', [toppings])).toEqual({ toppings: ['ham', 'basil'] });
  });

  it('take neither of two', () => {
    expect(fill('small or large', [DELIVERY.size])).toEqual({});
  });
});
