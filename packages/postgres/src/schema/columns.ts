import type { JsonValue } from '@sim/domain';
import { customType, timestamp } from 'drizzle-orm/pg-core';
import { storableJson, storableText } from '../encoding/storable.js';

/** `timestamptz`, read and written as `Date`. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** `text`. What people typed may hold characters that PostgreSQL refuses; they are replaced. */
export const plainText = customType<{ data: string }>({
  dataType: () => 'text',
  toDriver: storableText,
});

/** `json`: keeps the text, and with it the order of keys. */
export const jsonText = customType<{ data: JsonValue; driverData: unknown }>({
  dataType: () => 'json',
  toDriver: storableJson,
  fromDriver: (value) => value as JsonValue,
});

/** `jsonb`: can be looked into by queries. */
export const jsonBinary = customType<{ data: JsonValue; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: storableJson,
  fromDriver: (value) => value as JsonValue,
});

/** `bytea`. */
export const bytes = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => 'bytea',
  toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
});
