import * as z from 'zod';

/** What a person may do in a workspace, from everything to looking on. */
export const ROLES = ['owner', 'admin', 'editor', 'viewer'] as const;
/** A person's part in a workspace. */
export type Role = (typeof ROLES)[number];

export const role = z.enum(ROLES).meta({
  id: 'Role',
  description:
    'owner: everything · admin: members, API keys, secrets, tools · editor: workflows and sessions · viewer: reads',
});
