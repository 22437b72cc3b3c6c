import type { Detector } from './pii-detector.js';
import { GENERAL } from './pii-general.js';
import { NATIONAL } from './pii-national.js';

export { LANGUAGES, type Language } from './pii-detector.js';

/** What can be found offline, by type. */
export const DETECTORS: ReadonlyMap<string, Detector> = new Map([...GENERAL, ...NATIONAL]);

/** Names and places take a model of a language; these numbers have no form that tells them apart. */
const BEYOND_FORM = [
  'PERSON',
  'LOCATION',
  'NRP',
  'DATE_TIME',
  'US_BANK_NUMBER',
  'US_DRIVER_LICENSE',
  'US_PASSPORT',
  'IT_DRIVER_LICENSE',
  'IT_PASSPORT',
  'IT_IDENTITY_CARD',
  'IN_VEHICLE_REGISTRATION',
  'IN_PASSPORT',
];

/** The types that Sim's block offers, by the names of Presidio. */
export const PRESIDIO_TYPES: readonly string[] = [...DETECTORS.keys(), ...BEYOND_FORM];
