export {
  normaliseName,
  scanReferences,
  type PathSegment,
  type ReferenceKind,
  type ReferenceToken,
} from './references.js';
export { asText, UnknownFieldError, type Found, type Lookup, type Resolved } from './resolution.js';
export { resolveJsonText, resolveText, resolveValue, type ResolveValueOptions } from './text.js';
export { bindCode, type BoundCode } from './code.js';
export { createLookup } from './lookup.js';
export { resolveParams, type ResolvedParams } from './params.js';
export { envNames } from './env-names.js';
