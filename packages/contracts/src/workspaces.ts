import * as z from 'zod';
import { apiKeyId, userId, workspaceId } from './ids.js';
import { shortText, timestamp } from './json.js';
import { role } from './roles.js';

export const workspace = z
  .strictObject({
    id: workspaceId,
    name: z.string(),
    role: role.meta({ description: 'Yours in it' }),
    joinedAt: timestamp,
  })
  .meta({ id: 'Workspace' });
export const workspaceList = z
  .strictObject({ items: z.array(workspace) })
  .meta({ id: 'WorkspaceList' });
export const createWorkspaceBody = z
  .strictObject({ name: shortText(200) })
  .meta({ id: 'CreateWorkspace', example: { name: 'Support' } });

export const workspaceParams = z.strictObject({ workspaceId });

export const member = z
  .strictObject({
    userId,
    name: z.string(),
    email: z.string(),
    role,
    joinedAt: timestamp,
  })
  .meta({ id: 'Member' });
export const memberList = z.strictObject({ items: z.array(member) }).meta({ id: 'MemberList' });
export const addMemberBody = z
  .strictObject({ email: z.email().max(254), role })
  .meta({ id: 'AddMember', example: { email: 'grace@example.com', role: 'editor' } });
export const memberParams = z.strictObject({ workspaceId, userId });
export const changeMemberBody = z
  .strictObject({ role })
  .meta({ id: 'ChangeMember', example: { role: 'viewer' } });

export const apiKey = z
  .strictObject({
    id: apiKeyId,
    name: z.string(),
    start: z.string().nullable().meta({ description: 'Its first characters, to tell it by' }),
    role,
    createdBy: userId,
    createdAt: timestamp,
    expiresAt: timestamp.nullable(),
    lastUsedAt: timestamp.nullable(),
  })
  .meta({ id: 'ApiKey' });
export const apiKeyList = z.strictObject({ items: z.array(apiKey) }).meta({ id: 'ApiKeyList' });

/** A day to ten years. */
const EXPIRY_SECONDS = { least: 86_400, most: 315_360_000 };

export const createApiKeyBody = z
  .strictObject({
    name: shortText(100),
    role: role.optional().meta({ description: 'At most your own; editor where not given' }),
    expiresInSeconds: z
      .int()
      .min(EXPIRY_SECONDS.least)
      .max(EXPIRY_SECONDS.most)
      .optional()
      .meta({ description: 'Never expires where not given' }),
  })
  .meta({ id: 'CreateApiKey', example: { name: 'nightly import', role: 'editor' } });
export const createdApiKey = z
  .strictObject({
    apiKey,
    key: z.string().meta({ description: 'The key itself: shown now and never again' }),
  })
  .meta({ id: 'CreatedApiKey' });
export const apiKeyParams = z.strictObject({ workspaceId, apiKeyId });
