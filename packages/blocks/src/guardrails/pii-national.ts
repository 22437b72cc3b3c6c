import * as abn from 'stdnum/lib/cjs/au/abn.js';
import * as acn from 'stdnum/lib/cjs/au/acn.js';
import * as tfn from 'stdnum/lib/cjs/au/tfn.js';
import * as dni from 'stdnum/lib/cjs/es/dni.js';
import * as nie from 'stdnum/lib/cjs/es/nie.js';
import * as hetu from 'stdnum/lib/cjs/fi/hetu.js';
import * as nino from 'stdnum/lib/cjs/gb/nino.js';
import * as aadhaar from 'stdnum/lib/cjs/in/aadhaar.js';
import * as epic from 'stdnum/lib/cjs/in/epic.js';
import * as pan from 'stdnum/lib/cjs/in/pan.js';
import * as fiscalCode from 'stdnum/lib/cjs/it/codicefiscale.js';
import * as iva from 'stdnum/lib/cjs/it/iva.js';
import * as pesel from 'stdnum/lib/cjs/pl/pesel.js';
import * as uen from 'stdnum/lib/cjs/sg/uen.js';
import * as ssn from 'stdnum/lib/cjs/us/ssn.js';
import { isDea, isMedicare, isNhs, isNric, isVin } from './checksums.js';
import { byPattern, whole, withGroupsOr, type Detector } from './pii-detector.js';

/** A validator of stdnum, which takes spaces and hyphens away by itself. */
interface Standard {
  validate(value: string): { readonly isValid: boolean };
}

const by = (standard: Standard) => (candidate: string) => standard.validate(candidate).isValid;

const ENGLISH = { languages: ['en'] } as const;
const SPANISH = { languages: ['es'] } as const;
const ITALIAN = { languages: ['it'] } as const;

/** Numbers that states and trades give, by their types. */
export const NATIONAL: readonly (readonly [string, Detector])[] = [
  ['MEDICAL_LICENSE', byPattern(/\b[A-HJ-MPRSTUX][A-Z9]\d{7}\b/gi, whole(isDea))],
  ['VIN', byPattern(/\b[A-HJ-NPR-Z0-9]{17}\b/gi, whole(isVin))],
  [
    'US_SSN',
    byPattern(
      /\b\d{3}([- ]?)\d{2}\1\d{4}\b/g,
      withGroupsOr(/\bssn\b|social\s+security/i, by(ssn)),
      { ...ENGLISH, score: 0.85 },
    ),
  ],
  [
    'US_ITIN',
    byPattern(
      /\b9\d{2}([- ]?)(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\1\d{4}\b/g,
      withGroupsOr(/\bitin\b|taxpayer/i, () => true),
      { ...ENGLISH, score: 0.85 },
    ),
  ],
  ['UK_NHS', byPattern(/\b\d{3}([- ]?)\d{3}\1\d{4}\b/g, whole(isNhs), ENGLISH)],
  [
    'UK_NINO',
    byPattern(/\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b/gi, whole(by(nino)), {
      ...ENGLISH,
      score: 0.85,
    }),
  ],
  ['ES_NIF', byPattern(/\b\d{8}[- ]?[A-Z]\b/gi, whole(by(dni)), SPANISH)],
  ['ES_NIE', byPattern(/\b[XYZ][- ]?\d{7}[- ]?[A-Z]\b/gi, whole(by(nie)), SPANISH)],
  ['IT_FISCAL_CODE', byPattern(/\b[A-Z]{6}[A-Z0-9]{10}\b/gi, whole(by(fiscalCode)), ITALIAN)],
  ['IT_VAT_CODE', byPattern(/\b(?:IT ?)?\d{11}\b/gi, whole(by(iva)), ITALIAN)],
  ['PL_PESEL', byPattern(/\b\d{11}\b/g, whole(by(pesel)), { languages: ['pl'] })],
  ['SG_NRIC_FIN', byPattern(/\b[STFGM]\d{7}[A-Z]\b/gi, whole(isNric), ENGLISH)],
  [
    'SG_UEN',
    byPattern(/\b(?:\d{8,9}[A-Z]|[TSR]\d{2}[A-Z]{2}\d{4}[A-Z])\b/gi, whole(by(uen)), ENGLISH),
  ],
  ['AU_ABN', byPattern(/\b\d{2} ?\d{3} ?\d{3} ?\d{3}\b/g, whole(by(abn)), ENGLISH)],
  ['AU_ACN', byPattern(/\b\d{3} ?\d{3} ?\d{3}\b/g, whole(by(acn)), ENGLISH)],
  ['AU_TFN', byPattern(/\b\d{3} ?\d{3} ?\d{3}\b/g, whole(by(tfn)), ENGLISH)],
  ['AU_MEDICARE', byPattern(/\b[2-6]\d{3} ?\d{5} ?\d\b/g, whole(isMedicare), ENGLISH)],
  ['IN_PAN', byPattern(/\b[A-Z]{5}\d{4}[A-Z]\b/gi, whole(by(pan)), { ...ENGLISH, score: 0.85 })],
  ['IN_AADHAAR', byPattern(/\b\d{4}([- ]?)\d{4}\1\d{4}\b/g, whole(by(aadhaar)), ENGLISH)],
  ['IN_VOTER', byPattern(/\b[A-Z]{3}\d{7}\b/gi, whole(by(epic)), ENGLISH)],
  [
    'FI_PERSONAL_IDENTITY_CODE',
    byPattern(/\b\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]\b/gi, whole(by(hetu)), { languages: ['fi'] }),
  ],
];
