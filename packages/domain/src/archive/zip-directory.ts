import { decodeText } from '../workflow/document-text.js';

/** An entry as the central directory of an archive describes it; nothing of it is to be trusted. */
export interface ZipEntry {
  /** As it is written: may hold `..`, a drive or NUL. */
  readonly path: string;
  readonly isEncrypted: boolean;
  /** 0 stored, 8 deflated; others are not read. */
  readonly method: number;
  readonly crc32: number;
  /** Bytes in the archive. */
  readonly packedSize: number;
  /** Bytes that it claims to unpack to. */
  readonly size: number;
  /** Of its local header. */
  readonly offset: number;
}

/** What the end of an archive says of it; null where there is no archive, or a broken one. */
export interface ZipDirectory {
  /** How many entries it claims to hold. */
  readonly claimed: number;
  readonly entries: readonly ZipEntry[];
}

/** Signatures and sizes of section 4.3 of PKWARE's APPNOTE, version 6.3.10. */
const LOCAL = { signature: 0x04034b50, size: 30 } as const;
const CENTRAL = { signature: 0x02014b50, size: 46 } as const;
const END = { signature: 0x06054b50, size: 22, longestComment: 0xffff } as const;

const ENCRYPTED = 0x1;

/** Whether bytes begin as archives do, empty ones included. */
export function isZip(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return false;
  return (bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6);
}

/** Reads at most `limit` entries of the directory. Zip64 is for more than 4 GB, so it is not read. */
export function readZipDirectory(bytes: Uint8Array, limit: number): ZipDirectory | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  if (end === null) return null;
  const claimed = view.getUint16(end + 10, true);
  const directorySize = view.getUint32(end + 12, true);
  const start = view.getUint32(end + 16, true);
  if (start + directorySize > end) return null;
  const entries: ZipEntry[] = [];
  let at = start;
  while (entries.length < Math.min(claimed, limit)) {
    if (at + CENTRAL.size > end || view.getUint32(at, true) !== CENTRAL.signature) return null;
    const nameLength = view.getUint16(at + 28, true);
    const next =
      at +
      CENTRAL.size +
      nameLength +
      view.getUint16(at + 30, true) +
      view.getUint16(at + 32, true);
    if (next > end) return null;
    const name = bytes.subarray(at + CENTRAL.size, at + CENTRAL.size + nameLength);
    entries.push(entryAt(view, at, name));
    at = next;
  }
  return { claimed, entries };
}

function findEnd(view: DataView): number | null {
  const last = view.byteLength - END.size;
  const first = Math.max(0, last - END.longestComment);
  for (let at = last; at >= first; at -= 1) {
    if (view.getUint32(at, true) === END.signature) return at;
  }
  return null;
}

function entryAt(view: DataView, at: number, name: Uint8Array): ZipEntry {
  const flags = view.getUint16(at + 8, true);
  return {
    path: decodeName(name),
    isEncrypted: (flags & ENCRYPTED) !== 0,
    method: view.getUint16(at + 10, true),
    crc32: view.getUint32(at + 16, true),
    packedSize: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true),
  };
}

/** Many programs write UTF-8 without saying so; what is none is read as Latin 1. */
function decodeName(name: Uint8Array): string {
  return decodeText(name) ?? Array.from(name, (byte) => String.fromCharCode(byte)).join('');
}

/** The packed bytes of an entry; null where they are not where the directory has them. */
export function packedBytes(bytes: Uint8Array, entry: ZipEntry): Uint8Array | null {
  const { offset, packedSize } = entry;
  if (offset + LOCAL.size > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(offset, true) !== LOCAL.signature) return null;
  const lengths = view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  const start = offset + LOCAL.size + lengths;
  return start + packedSize > bytes.length ? null : bytes.subarray(start, start + packedSize);
}
