import { describe, expect, it } from 'vitest';
import { CONTACT, DELIVERY, fill, slot } from '../testing/scenes.js';
import { findAddresses } from './addresses.js';

const found = (text: string): readonly string[] =>
  findAddresses(text).map(({ start, end }) => text.slice(start, end));

describe('street addresses', () => {
  it.each([
    ['to 5 Main St tomorrow', ['5 Main St']],
    ['221B Baker Street', ['221B Baker Street']],
    ['5 main street please', ['5 main street']],
    ['at 1600 Pennsylvania Avenue NW', ['1600 Pennsylvania Avenue NW']],
    ['5 Main St, Springfield, IL 62701', ['5 Main St, Springfield, IL 62701']],
    ['12 Oak Ave, Apt 4, on Friday', ['12 Oak Ave, Apt 4']],
    ['12 Rue de la Paix, Paris', ['12 Rue de la Paix, Paris']],
    ['Hauptstraße 12', ['Hauptstraße 12']],
    ['Via Roma 7', ['Via Roma 7']],
    ['deliver to 9 Elm Friday', ['9 Elm']],
    ['to 9 March', []],
    ['2 large pizzas', []],
    ['at 7 Tomorrow', []],
    ['1st place', []],
    ['', []],
  ])('in %j are %j', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it('go to the slot that asks where', () => {
    expect(fill('bring it to 5 Main St', [DELIVERY.quantity, DELIVERY.address])).toEqual({
      address: '5 Main St',
    });
    expect(fill('deliver it to Central Park', [DELIVERY.quantity, DELIVERY.address])).toEqual({
      address: 'Central Park',
    });
    expect(fill('to Central Park tomorrow', [DELIVERY.address, DELIVERY.date])).toEqual({
      address: 'Central Park',
      date: '2026-03-03',
    });
  });

  it('go to none of two slots that ask where', () => {
    const two = [slot('pickupAddress'), slot('returnAddress'), DELIVERY.quantity];
    expect(fill('5 Main St', two, DELIVERY.quantity)).toEqual({});
  });

  it('keep their numbers from number slots', () => {
    expect(fill('to 5 Main St', [DELIVERY.quantity])).toEqual({});
  });
});

describe('names', () => {
  const others = [slot('amount', 'number'), CONTACT.name];

  it.each([
    ['my name is Jane Doe', 'Jane Doe'],
    ['my name is jane doe and I need help', 'jane doe'],
    ["I'm Jane", 'Jane'],
    ['this is José de la Cruz', 'José de la Cruz'],
    ['a table for Jane Doe', 'Jane Doe'],
    ["my name's O'Neil", "O'Neil"],
    ['call me Al', 'Al'],
    ['my name is 李明', '李明'],
  ])('in %j is %j', (said, name) => {
    expect(fill(said, others, null)).toEqual({ name });
  });

  it.each(["I'm hungry", 'for Friday', 'call me later', 'this is great', 'it is for my mother'])(
    'in %j is none',
    (said) => {
      expect(fill(said, others, null)).toEqual({});
    },
  );
});

describe('things', () => {
  it.each([
    ['2 large pizzas to 5 Main St', 'pizzas'],
    ['3 margherita pizzas please', 'margherita pizzas'],
    ['2 of the small calzones, thanks', 'calzones'],
  ])('in %j is %j', (said, item) => {
    expect(fill(said, Object.values(DELIVERY))).toMatchObject(
      item === 'calzones' ? { quantity: 2 } : { item },
    );
  });
});
