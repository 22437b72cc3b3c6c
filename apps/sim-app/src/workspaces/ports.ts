import type { WorkspaceStore } from '@sim/postgres';
import type { Audit } from '../audit/audit.js';
import type { ApiKeyStore } from '../identity/api-keys.js';
import type { MemberStore } from './members.js';

/** What the workspaces' endpoints need. */
export interface WorkspacePorts {
  readonly workspaces: WorkspaceStore;
  readonly members: MemberStore;
  readonly apiKeys: ApiKeyStore;
  readonly audit: Audit;
  readonly clock: () => Date;
}
