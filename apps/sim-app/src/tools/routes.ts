import { ROUTES } from '@sim/contracts';
import type { FeatureFlagSource } from '../flags/feature-flags.js';
import { endpoint, type EndpointHost } from '../http/endpoint.js';
import type { builtInTools } from './built-in.js';

/** What this installation can do: block types and feature flags. */
export function platformRoutes(
  host: EndpointHost,
  flags: FeatureFlagSource,
  tools: ReturnType<typeof builtInTools>,
): void {
  endpoint(host, ROUTES.listTools, () => Promise.resolve({ status: 200, body: { items: tools } }));
  endpoint(host, ROUTES.getFeatureFlags, () =>
    Promise.resolve({ status: 200, body: flags.current() }),
  );
}
