import { describe, expect, it } from 'vitest';
import { CONTACT, fill, slot } from '../testing/scenes.js';
import { findContacts } from './contacts.js';

const values = (text: string, format: 'email' | 'url' | 'phone'): readonly unknown[] =>
  findContacts(text, format).map(({ value }) => value);

describe('e-mail addresses', () => {
  it.each([
    ['jane@example.com', ['jane@example.com']],
    ['Write to <Jane.Doe+x@Mail.Example.co.uk>.', ['Jane.Doe+x@mail.example.co.uk']],
    ['a@b.co, c@d.org', ['a@b.co', 'c@d.org']],
    ['jane@localhost', []],
    ['jane at example dot com', []],
    ['@jane', []],
  ])('in %j are %j', (text, expected) => {
    expect(values(text, 'email')).toEqual(expected);
  });
});

describe('URLs', () => {
  it.each([
    ['see https://example.com/a?b=1.', ['https://example.com/a?b=1']],
    ['example.com', ['https://example.com']],
    ['(www.example.org/x)', ['https://www.example.org/x']],
    ['jane@example.com', []],
    ['file.txt', []],
    ['e.g. this', []],
  ])('in %j are %j', (text, expected) => {
    expect(values(text, 'url')).toEqual(expected);
  });
});

describe('phone numbers', () => {
  it.each([
    ['+1 (415) 555-0123', ['+14155550123']],
    ['call 020 7946 0958 today', ['02079460958']],
    ['415-555-0123', ['4155550123']],
    ['12345', []],
    ['$1,200,300', []],
    ['order A-1042-5555', []],
  ])('in %j are %j', (text, expected) => {
    expect(values(text, 'phone')).toEqual(expected);
  });
});

describe('slots', () => {
  it('take what is of their format', () => {
    const said = 'jane@example.com, +1 415 555 0123, example.org';
    expect(fill(said, [CONTACT.email, CONTACT.phone, CONTACT.website])).toEqual({
      email: 'jane@example.com',
      phone: '+14155550123',
      website: 'https://example.org',
    });
  });

  it('need no declared format where their name says it', () => {
    expect(fill('a@b.co', [slot('contactEmail')])).toEqual({ contactEmail: 'a@b.co' });
  });

  it('are told apart by the words beside the values', () => {
    const work = slot('workEmail', 'string', { format: 'email' });
    const home = slot('privateEmail', 'string', { format: 'email' });
    expect(fill('private a@b.co, work c@d.co', [work, home])).toEqual({
      privateEmail: 'a@b.co',
      workEmail: 'c@d.co',
    });
  });

  it('leave out what could be either', () => {
    expect(fill('a@b.co or c@d.co', [CONTACT.email])).toEqual({});
  });

  it('keep digits of addresses from number slots', () => {
    expect(fill('mail 4you@b2b.com', [slot('amount', 'number')])).toEqual({});
  });
});
