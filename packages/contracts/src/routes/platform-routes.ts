import { pageQuery } from '../page.js';
import { auditPage, featureFlags, health, liveness, readiness, version } from '../platform.js';
import * as s from '../secrets.js';
import { defineRoutes, json } from './route.js';

/** Secrets, tools and flags of sim-app. */
export const SETTINGS_ROUTES = defineRoutes('sim-app', {
  listSecrets: {
    method: 'get',
    path: '/api/v1/secrets',
    tag: 'secrets',
    summary: 'Names of the secrets',
    access: 'admin',
    request: {},
    responses: { 200: json(s.secretList, 'The names; values are never given out') },
    problems: [],
  },
  putSecret: {
    method: 'put',
    path: '/api/v1/secrets/:name',
    tag: 'secrets',
    summary: 'Set a secret',
    description: 'Workflows read it as {{NAME}}. It is encrypted and never given out again.',
    access: 'admin',
    request: { params: s.secretParams, body: { schema: s.putSecretBody } },
    responses: { 204: { description: 'Set' } },
    problems: ['invalid_params'],
  },
  deleteSecret: {
    method: 'delete',
    path: '/api/v1/secrets/:name',
    tag: 'secrets',
    summary: 'Delete a secret',
    access: 'admin',
    request: { params: s.secretParams },
    responses: { 204: { description: 'Deleted' } },
    problems: ['secret_not_found'],
  },
  listAuditLog: {
    method: 'get',
    path: '/api/v1/audit-log',
    tag: 'platform',
    summary: 'Who did what in the workspace',
    access: 'admin',
    request: { query: pageQuery },
    responses: { 200: json(auditPage, 'A page, the latest first') },
    problems: [],
  },
  getFeatureFlags: {
    method: 'get',
    path: '/api/v1/feature-flags',
    tag: 'platform',
    summary: 'Feature flags',
    access: 'viewer',
    request: {},
    responses: { 200: json(featureFlags, 'The flags') },
    problems: [],
  },
});

const probe = {
  method: 'get',
  tag: 'operations',
  access: 'public',
  request: {},
  problems: [],
} as const;

/** The probes of sim-app. */
export const SIM_APP_PROBES = defineRoutes('sim-app', {
  getHealth: {
    ...probe,
    path: '/health',
    summary: 'State of the services that this one needs',
    responses: {
      200: json(health, 'It works, perhaps with less than everything'),
      503: json(health, 'Something that it needs is unhealthy'),
    },
  },
  getReady: {
    ...probe,
    path: '/ready',
    summary: 'Whether requests can be answered',
    responses: { 200: json(readiness, 'Ready'), 503: json(readiness, 'Not ready') },
  },
  getLive: {
    ...probe,
    path: '/live',
    summary: 'Whether the process lives',
    responses: { 200: json(liveness, 'It lives') },
  },
  getVersion: {
    ...probe,
    path: '/version',
    summary: 'Version and build',
    responses: { 200: json(version, 'The version') },
  },
});
