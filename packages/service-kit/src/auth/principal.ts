import * as z from 'zod';

/** What a person may do in a workspace, from everything to looking on. */
export const ROLES = ['owner', 'admin', 'editor', 'viewer'] as const;
/** A person's part in a workspace. */
export type Role = (typeof ROLES)[number];

/** Who asks, for which workspace and in which role. */
export interface Principal {
  readonly userId: string;
  readonly workspaceId: string;
  readonly role: Role;
  /** The person's name, where the token carries it. */
  readonly name?: string;
}

/** A role's rank: a higher one may do all that a lower one may. */
const RANK: Readonly<Record<Role, number>> = { owner: 3, admin: 2, editor: 1, viewer: 0 };

/** Whether a role has at least the rights of another. */
export const isAtLeast = (role: Role, least: Role): boolean => RANK[role] >= RANK[least];

/** The claims of an access token that name a principal. */
export const principalClaims = z
  .object({
    sub: z.string().min(1),
    wid: z.string().min(1),
    role: z.enum(ROLES),
    name: z.string().optional(),
  })
  .transform((claims): Principal => ({
    userId: claims.sub,
    workspaceId: claims.wid,
    role: claims.role,
    ...(claims.name !== undefined && { name: claims.name }),
  }));
