import { createHmac, randomBytes } from 'node:crypto';

/** Secrets are written so: https://www.standardwebhooks.com */
const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** A secret that nobody has had before. */
export function newWebhookSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** What a delivery is signed over. */
export interface Signed {
  /** The same for every attempt to deliver one message. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  /** As it is sent. */
  readonly body: string;
}

/** The headers of a delivery by the scheme of Standard Webhooks: HMAC-SHA256 over id, time and body. */
export function signedHeaders(secret: string, { id, timestamp, body }: Signed) {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
}
