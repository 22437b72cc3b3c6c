import { Inflate } from 'fflate';

/** DEFLATE makes at most about 1032 bytes of one, so that a piece unpacks to 4 MB at most. */
const PIECE = 4096;

/** What unpacking gives. */
export type Unpacked = { readonly bytes: Uint8Array } | { readonly fault: 'larger' | 'broken' };

/**
 * Unpacks DEFLATE data that claims a size. Goes no further than that size, whatever the data hold:
 * headers of archives lie.
 */
export function inflate(packed: Uint8Array, size: number): Unpacked {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const stream = new Inflate((piece) => {
    length += piece.length;
    if (length <= size) pieces.push(piece);
  });
  try {
    for (let at = 0; at < packed.length && length <= size; at += PIECE) {
      stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
    }
  } catch {
    return { fault: 'broken' };
  }
  if (length > size) return { fault: 'larger' };
  return length < size ? { fault: 'broken' } : { bytes: joined(pieces, length) };
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The checksum of ISO 3309, as archives have it. */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
