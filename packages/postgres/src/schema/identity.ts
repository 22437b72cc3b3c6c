import { bigint, boolean, integer, pgTable } from 'drizzle-orm/pg-core';
import { moment, plainText } from './columns.js';

// Property names are those of the identity library's models; column names are ours.

/** People. */
export const authUsers = pgTable('auth_users', {
  id: plainText('id').primaryKey(),
  name: plainText('name').notNull(),
  email: plainText('email').notNull(),
  emailVerified: boolean('email_verified').notNull().default(false),
  image: plainText('image'),
  createdAt: moment('created_at').notNull().defaultNow(),
  updatedAt: moment('updated_at').notNull().defaultNow(),
});

/** Sign-ins that are in force. */
export const authSessions = pgTable('auth_sessions', {
  id: plainText('id').primaryKey(),
  token: plainText('token').notNull(),
  userId: plainText('user_id').notNull(),
  activeOrganizationId: plainText('active_organization_id'),
  ipAddress: plainText('ip_address'),
  userAgent: plainText('user_agent'),
  expiresAt: moment('expires_at').notNull(),
  createdAt: moment('created_at').notNull().defaultNow(),
  updatedAt: moment('updated_at').notNull().defaultNow(),
});

/** Ways in which a person signs in; password hashes among them. */
export const authAccounts = pgTable('auth_accounts', {
  id: plainText('id').primaryKey(),
  accountId: plainText('account_id').notNull(),
  providerId: plainText('provider_id').notNull(),
  userId: plainText('user_id').notNull(),
  accessToken: plainText('access_token'),
  refreshToken: plainText('refresh_token'),
  idToken: plainText('id_token'),
  accessTokenExpiresAt: moment('access_token_expires_at'),
  refreshTokenExpiresAt: moment('refresh_token_expires_at'),
  scope: plainText('scope'),
  password: plainText('password'),
  createdAt: moment('created_at').notNull().defaultNow(),
  updatedAt: moment('updated_at').notNull().defaultNow(),
});

/** One-time values, such as those of a password reset. */
export const authVerifications = pgTable('auth_verifications', {
  id: plainText('id').primaryKey(),
  identifier: plainText('identifier').notNull(),
  value: plainText('value').notNull(),
  expiresAt: moment('expires_at').notNull(),
  createdAt: moment('created_at').notNull().defaultNow(),
  updatedAt: moment('updated_at').notNull().defaultNow(),
});

/** Counts of the identity library's own rate limits. */
export const authRateLimits = pgTable('auth_rate_limits', {
  id: plainText('id').primaryKey(),
  key: plainText('key').notNull(),
  count: integer('count').notNull(),
  lastRequest: bigint('last_request', { mode: 'number' }).notNull(),
});

/** Workspaces: the identity library's organisations. */
export const workspaces = pgTable('workspaces', {
  id: plainText('id').primaryKey(),
  name: plainText('name').notNull(),
  slug: plainText('slug').notNull(),
  logo: plainText('logo'),
  metadata: plainText('metadata'),
  createdAt: moment('created_at').notNull().defaultNow(),
});

/** What a member may do; the database refuses other words. */
export const WORKSPACE_ROLES = ['owner', 'admin', 'editor', 'viewer'] as const;
/** What a member may do in a workspace. */
export type WorkspaceRole = (typeof WORKSPACE_ROLES)[number];

/** Who belongs to which workspace. */
export const workspaceMembers = pgTable('workspace_members', {
  id: plainText('id').primaryKey(),
  organizationId: plainText('organization_id').notNull(),
  userId: plainText('user_id').notNull(),
  role: plainText('role').$type<WorkspaceRole>().notNull(),
  createdAt: moment('created_at').notNull().defaultNow(),
});

/** Invitations into a workspace. */
export const workspaceInvitations = pgTable('workspace_invitations', {
  id: plainText('id').primaryKey(),
  organizationId: plainText('organization_id').notNull(),
  email: plainText('email').notNull(),
  role: plainText('role').$type<WorkspaceRole>(),
  status: plainText('status').notNull().default('pending'),
  inviterId: plainText('inviter_id').notNull(),
  expiresAt: moment('expires_at').notNull(),
  createdAt: moment('created_at').notNull().defaultNow(),
});

/** API keys, hashed. `referenceId` is a person or a workspace. */
export const apiKeys = pgTable('api_keys', {
  id: plainText('id').primaryKey(),
  configId: plainText('config_id').notNull().default('default'),
  name: plainText('name'),
  start: plainText('start'),
  referenceId: plainText('reference_id').notNull(),
  prefix: plainText('prefix'),
  key: plainText('key').notNull(),
  refillInterval: bigint('refill_interval', { mode: 'number' }),
  refillAmount: integer('refill_amount'),
  lastRefillAt: moment('last_refill_at'),
  enabled: boolean('enabled').default(true),
  rateLimitEnabled: boolean('rate_limit_enabled').default(true),
  rateLimitTimeWindow: bigint('rate_limit_time_window', { mode: 'number' }),
  rateLimitMax: integer('rate_limit_max'),
  requestCount: integer('request_count').default(0),
  remaining: integer('remaining'),
  lastRequest: moment('last_request'),
  expiresAt: moment('expires_at'),
  permissions: plainText('permissions'),
  metadata: plainText('metadata'),
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
});

/** The tables by the names of the identity library's models, for its drizzle adapter. */
export const identitySchema = {
  user: authUsers,
  session: authSessions,
  account: authAccounts,
  verification: authVerifications,
  rateLimit: authRateLimits,
  organization: workspaces,
  member: workspaceMembers,
  invitation: workspaceInvitations,
  apikey: apiKeys,
};
