import { CONVERSATION_ROUTES } from './conversation-routes.js';
import { IDENTITY_ROUTES } from './identity-routes.js';
import { KNOWLEDGE_ROUTES } from './knowledge-routes.js';
import { SETTINGS_ROUTES, SIM_APP_PROBES } from './platform-routes.js';
import type { RouteSpec, ServiceName } from './route.js';
import { FORWARDED_RUN_ROUTES } from './run-routes.js';
import { TOOL_ROUTES } from './tool-routes.js';
import { WEBHOOK_ROUTES } from './webhook-routes.js';
import { WORKFLOW_ROUTES } from './workflow-routes.js';
import { WORKSPACE_ROUTES } from './workspace-routes.js';

export { CONVERSATION_BASE_PATH } from './base-path.js';
export { CONVERSATION_ROUTES } from './conversation-routes.js';
export {
  problemCodesOf,
  type Access,
  type BodySpec,
  type RequestSpec,
  type ResponseSpec,
  type RouteSpec,
  type ServiceName,
} from './route.js';

/** Every endpoint of sim-app. */
export const SIM_APP_ROUTES = {
  ...IDENTITY_ROUTES,
  ...WORKSPACE_ROUTES,
  ...WORKFLOW_ROUTES,
  ...FORWARDED_RUN_ROUTES,
  ...SETTINGS_ROUTES,
  ...TOOL_ROUTES,
  ...KNOWLEDGE_ROUTES,
  ...WEBHOOK_ROUTES,
  ...SIM_APP_PROBES,
};

/** Every endpoint of both services, by operation id. */
export const ROUTES = { ...SIM_APP_ROUTES, ...CONVERSATION_ROUTES };

/** The name of an endpoint. */
export type OperationId = keyof typeof ROUTES;

/** The endpoints of a service, by operation id. */
export const routesOf = (service: ServiceName): [OperationId, RouteSpec][] =>
  (Object.entries(ROUTES) as [OperationId, RouteSpec][]).filter(
    ([, route]) => route.service === service,
  );
