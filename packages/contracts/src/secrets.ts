import * as z from 'zod';
import { timestamp } from './json.js';

/** The names that `{{ENV}}` markers have. */
export const secretName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, {
    error: 'Must be letters, digits and _, not beginning with a digit, at most 128',
  })
  .meta({ example: 'STRIPE_KEY' });

export const secretParams = z.strictObject({ name: secretName });

export const secret = z
  .strictObject({ name: secretName, updatedAt: timestamp })
  .meta({ id: 'Secret', description: 'A secret without its value: that is never given out' });
export const secretList = z.strictObject({ items: z.array(secret) }).meta({ id: 'SecretList' });

/** A key file in PEM form fits. */
const MAX_SECRET_LENGTH = 32_768;

export const putSecretBody = z
  .strictObject({ value: z.string().min(1).max(MAX_SECRET_LENGTH) })
  .meta({ id: 'PutSecret', example: { value: 'sk_test_…' } });
