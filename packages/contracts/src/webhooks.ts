import { NOTICE_KINDS } from '@sim/domain';
import * as z from 'zod';
import { deliveryId, sessionId, webhookId, workflowId } from './ids.js';
import { timestamp } from './json.js';
import { page } from './page.js';

const MAX_URL = 2_000;

const url = z
  .url({
    protocol: /^https?$/,
    error: 'Must be a full URL that begins with http:// or https://',
  })
  .max(MAX_URL)
  .refine((text) => !/^[^/]*\/\/[^/?#]*@/.test(text), {
    error: 'Must not hold a name or password; deliveries are signed',
  })
  .meta({ example: 'https://example.com/hooks/sim' });

const event = z.enum(NOTICE_KINDS).meta({ id: 'WebhookEvent' });
const events = z
  .array(event)
  .min(1)
  .max(NOTICE_KINDS.length)
  .transform((given) => [...new Set(given)])
  .meta({ description: 'What is told', example: ['waiting-for-input', 'completed', 'failed'] });
const ofWorkflow = workflowId.nullable().meta({
  description: 'Tells of the sessions of this workflow alone; null of all',
});

export const createWebhookBody = z
  .strictObject({
    url,
    events,
    workflowId: ofWorkflow.default(null),
    enabled: z.boolean().default(true),
  })
  .meta({
    id: 'CreateWebhook',
    example: { url: 'https://example.com/hooks/sim', events: ['waiting-for-input', 'completed'] },
  });

export const changeWebhookBody = z
  .strictObject({
    url: url.optional(),
    events: events.optional(),
    workflowId: ofWorkflow.optional(),
    enabled: z.boolean().optional().meta({ description: 'To enable it anew forgets its failures' }),
  })
  .meta({ id: 'ChangeWebhook', example: { enabled: true } });

const shown = {
  id: webhookId,
  url: z.string(),
  events: z.array(event),
  workflowId: workflowId.nullable(),
  enabled: z.boolean(),
  disabledReason: z.enum(['failing', 'gone']).nullable().meta({
    description: 'Why the service disabled it: deliveries kept failing, or it answered 410',
  }),
  createdAt: timestamp,
  updatedAt: timestamp,
};

export const webhook = z.strictObject(shown).meta({ id: 'Webhook' });

export const createdWebhook = z
  .strictObject({
    ...shown,
    secret: z.string().meta({
      description: 'Deliveries are signed with it; shown this once',
      example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    }),
  })
  .meta({ id: 'CreatedWebhook' });

export const webhookList = z.strictObject({ items: z.array(webhook) }).meta({ id: 'WebhookList' });

export const webhookParams = z.strictObject({ webhookId });

export const webhookTrial = z
  .strictObject({
    ok: z.boolean(),
    responseStatus: z.int().nullable().meta({ description: 'Null where there was no answer' }),
    error: z.string().nullable(),
    durationMs: z.int().min(0),
  })
  .meta({ id: 'WebhookTrial' });

const delivery = z
  .strictObject({
    id: deliveryId.meta({ description: 'Sent as webhook-id, the same for every attempt' }),
    event,
    sessionId,
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int().min(0),
    responseStatus: z.int().nullable().meta({ description: 'Of the latest attempt' }),
    error: z.string().nullable(),
    createdAt: timestamp,
    attemptedAt: timestamp.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });

export const deliveriesPage = page(delivery).meta({ id: 'WebhookDeliveryPage' });
