import { pageQuery } from '../page.js';
import * as w from '../webhooks.js';
import { defineRoutes, json } from './route.js';

const tag = 'webhooks';
const base = '/api/v1/webhooks';
const one = `${base}/:webhookId` as const;

/** Who is told of what happens in the sessions of a workspace. */
export const WEBHOOK_ROUTES = defineRoutes('sim-app', {
  listWebhooks: {
    method: 'get',
    path: base,
    tag,
    summary: 'Webhooks of the workspace',
    access: 'editor',
    request: {},
    responses: { 200: json(w.webhookList, 'The oldest first') },
    problems: [],
  },
  createWebhook: {
    method: 'post',
    path: base,
    tag,
    summary: 'Have an address told of what happens in sessions',
    description:
      'Deliveries are signed as Standard Webhooks has it, with the secret in the answer.',
    access: 'admin',
    request: { body: { schema: w.createWebhookBody } },
    responses: { 201: json(w.createdWebhook, 'The webhook', { Location: 'Its path' }) },
    problems: ['webhook_limit', 'workflow_not_found'],
  },
  getWebhook: {
    method: 'get',
    path: one,
    tag,
    summary: 'A webhook',
    access: 'editor',
    request: { params: w.webhookParams },
    responses: { 200: json(w.webhook, 'The webhook') },
    problems: ['webhook_not_found'],
  },
  changeWebhook: {
    method: 'patch',
    path: one,
    tag,
    summary: 'Change a webhook, or enable it anew',
    access: 'admin',
    request: { params: w.webhookParams, body: { schema: w.changeWebhookBody } },
    responses: { 200: json(w.webhook, 'The webhook') },
    problems: ['webhook_not_found', 'workflow_not_found'],
  },
  deleteWebhook: {
    method: 'delete',
    path: one,
    tag,
    summary: 'Delete a webhook',
    access: 'admin',
    request: { params: w.webhookParams },
    responses: { 204: { description: 'Deleted' } },
    problems: ['webhook_not_found'],
  },
  testWebhook: {
    method: 'post',
    path: `${one}/test`,
    tag,
    summary: 'Send a message of type test',
    description: 'Once and at once, also to a webhook that is disabled; it changes nothing.',
    access: 'admin',
    request: { params: w.webhookParams },
    responses: { 200: json(w.webhookTrial, 'What came of it, a failure too') },
    problems: ['webhook_not_found'],
  },
  listDeliveries: {
    method: 'get',
    path: `${one}/deliveries`,
    tag,
    summary: 'What was told to a webhook, and what came of it',
    access: 'editor',
    request: { params: w.webhookParams, query: pageQuery },
    responses: { 200: json(w.deliveriesPage, 'A page, the latest first') },
    problems: ['webhook_not_found'],
  },
});
