import type { SlotFormat } from '../journey/types.js';

/**
 * Text of a format in its one written form, or undefined where it is not of that format:
 * `YYYY-MM-DD`, `HH:mm[:ss]`, ISO 8601 date-times with the offset they came with, e-mail addresses,
 * http(s) URLs (a scheme is added to a bare host), phone numbers as digits with an optional `+`.
 */
export function acceptFormat(format: SlotFormat, text: string): string | undefined {
  // Directional marks come along when text is copied from right-to-left pages.
  return ACCEPT[format](
    text
      .normalize('NFC')
      .replace(/\p{Cf}/gu, '')
      .trim(),
  );
}

const ACCEPT: Readonly<Record<SlotFormat, (text: string) => string | undefined>> = {
  date: acceptDate,
  time: acceptTime,
  'date-time': acceptDateTime,
  email: acceptEmail,
  url: acceptUrl,
  phone: acceptPhone,
};

function acceptDate(text: string): string | undefined {
  const [date = '', time, ...rest] = text.split(/[T\s]+/u);
  if (rest.length > 0 || (time !== undefined && splitOffset(time) === undefined)) return undefined;
  return isCalendarDate(date) ? date : undefined;
}

function acceptTime(text: string): string | undefined {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?$/u.exec(text);
  if (!match) return undefined;
  const [, hour = '', minute = '', second] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return undefined;
  const start = `${hour.padStart(2, '0')}:${minute}`;
  return second === undefined || second === '00' ? start : `${start}:${second}`;
}

function acceptDateTime(text: string): string | undefined {
  const match = /^(\S{10})(?:T|\s+)(\S+)$/iu.exec(text);
  const [, date = '', rest = ''] = match ?? [];
  const parts = splitOffset(rest);
  if (!parts || !isCalendarDate(date)) return undefined;
  return `${date}T${parts.time}${parts.offset}`;
}

function splitOffset(text: string): { time: string; offset: string } | undefined {
  const match = /^([\d:.]+)(Z|[+-]\d{2}:?\d{2})?$/iu.exec(text);
  const time = acceptTime(match?.[1] ?? '');
  return time === undefined ? undefined : { time, offset: (match?.[2] ?? '').toUpperCase() };
}

function isCalendarDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(text);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) {
    return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  }
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function acceptEmail(text: string): string | undefined {
  if (text.length > 254) return undefined;
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || local.length > 64 || !/^[^\s@<>()[\],;:"\\]+$/u.test(local)) return undefined;
  if (local.startsWith('.') || local.endsWith('.') || local.includes('..')) return undefined;
  return isHostName(domain) ? `${local}@${domain.toLowerCase()}` : undefined;
}

function acceptUrl(text: string): string | undefined {
  const match = /^(?:(https?):\/\/)?([^\s/?#@:]+|\[[\da-f:.]+\])(:\d{1,5})?([/?#]\S*)?$/iu.exec(
    text,
  );
  if (!match || text.length > 2048) return undefined;
  const [, scheme, host = '', port = '', rest = ''] = match;
  const named = scheme !== undefined && (host === 'localhost' || host.startsWith('['));
  if (!named && !isHostName(host) && !isIpv4(host)) return undefined;
  return `${(scheme ?? 'https').toLowerCase()}://${host.toLowerCase()}${port}${rest}`;
}

/** A name with a dot and a top-level domain that is no number; letters of any script. */
function isHostName(text: string): boolean {
  const labels = text.split('.');
  if (labels.length < 2 || text.length > 253) return false;
  const fits = labels.every((label) =>
    /^[\p{L}\p{N}\p{M}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?$/u.test(label),
  );
  return fits && /^(?:[\p{L}\p{M}]{2,}|xn--.+)$/iu.test(labels.at(-1) ?? '');
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/u.test(part) && Number(part) < 256);
}

function acceptPhone(text: string): string | undefined {
  const match = /^(?:tel:)?(\+|00)?([\d\s().\-/]+)$/iu.exec(text.normalize('NFKC'));
  if (!match) return undefined;
  const digits = (match[2] ?? '').replace(/\D/gu, '');
  // E.164 numbers have up to 15 digits; local ones of fewer than five are short codes.
  if (digits.length < 5 || digits.length > 15) return undefined;
  return match[1] === undefined ? digits : `+${digits}`;
}
