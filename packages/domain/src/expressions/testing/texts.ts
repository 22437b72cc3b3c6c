import fc from 'fast-check';

/** Any sequence of UTF-16 units: control characters and lone surrogates among them. */
export const anyText = fc
  .array(fc.oneof(fc.nat(0x7f), fc.nat(0xffff)))
  .map((units) => String.fromCharCode(...units));
