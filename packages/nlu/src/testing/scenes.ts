import type { Entity, JsonValue, Slot, SlotOption, UnderstandingContext } from '@sim/domain';
import { fillSlots } from '../fill.js';
import { knowSlot } from '../slot-lexicon.js';
import { listen } from '../text.js';

/** A Monday morning, eleven o'clock in Berlin. */
export const NOW = '2026-03-02T10:00:00Z';
/** An hour ahead of UTC in March, two from the 29th on. */
export const ZONE = 'Europe/Berlin';

/** A required slot whose label is its name in words. */
export function slot(name: string, type: Slot['type'] = 'string', more: Partial<Slot> = {}): Slot {
  const label = name.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase();
  return {
    name,
    label,
    type,
    format: null,
    description: null,
    required: true,
    default: null,
    options: null,
    ...more,
  };
}

/** Options whose value is their label in lower case. */
export function options(...labels: readonly string[]): readonly SlotOption[] {
  return labels.map((label) => ({ value: label.toLowerCase(), label }));
}

/** What a refund asks for. */
export const REFUND = {
  orderId: slot('orderId'),
  amount: slot('amount', 'number'),
  reason: slot('reason'),
} as const;

/** What a delivery asks for. */
export const DELIVERY = {
  quantity: slot('quantity', 'number'),
  size: slot('size', 'string', { options: options('Small', 'Medium', 'Large') }),
  item: slot('item'),
  address: slot('address'),
  date: slot('date', 'string', { format: 'date' }),
  time: slot('time', 'string', { format: 'time' }),
} as const;

/** What a sign-up asks for. */
export const CONTACT = {
  name: slot('name'),
  email: slot('email', 'string', { format: 'email' }),
  phone: slot('phone', 'string', { format: 'phone' }),
  website: slot('website', 'string', { format: 'url' }),
  giftWrap: slot('giftWrap', 'boolean'),
  insurance: slot('insurance', 'boolean'),
} as const;

/** A context with nothing asked, changed as given. */
export function scene(more: Partial<UnderstandingContext> = {}): UnderstandingContext {
  return {
    awaiting: null,
    focus: null,
    open: [],
    answered: [],
    choices: [],
    now: NOW,
    timeZone: ZONE,
    ...more,
  };
}

/** A context that asks for the first of the slots, the others open too. */
export function asking(
  focus: Slot,
  others: Readonly<Record<string, Slot>> = {},
): UnderstandingContext {
  const rest = Object.values(others).filter(({ name }) => name !== focus.name);
  return scene({ awaiting: 'slots', focus, open: [focus, ...rest] });
}

/** Slot name → value, `?` for a value without slot: what tables of tests compare. */
export function valuesOf(entities: readonly Entity[]): Record<string, JsonValue> {
  return Object.fromEntries(entities.map(({ slot: name, value }) => [name ?? '?', value]));
}

/** The values found for slots in an utterance; the first slot is asked for unless told otherwise. */
export function fill(
  utterance: string,
  slots: readonly Slot[],
  focus: Slot | null = slots[0] ?? null,
): Record<string, JsonValue> {
  const heard = listen(utterance);
  const known = slots.map((one) => knowSlot(one));
  return valuesOf(
    fillSlots({
      heard,
      region: { start: 0, end: heard.text.length },
      slots: known,
      focus: known.find((one) => one.slot.name === focus?.name) ?? null,
      now: NOW,
      timeZone: ZONE,
      dayFirst: false,
    }),
  );
}
