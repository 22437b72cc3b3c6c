import { ROUTES } from '@sim/contracts';
import { endpoint, type EndpointHost } from '../http/endpoint.js';
import type { FeatureFlagSource } from './feature-flags.js';

/** The feature flags. */
export function flagRoutes(host: EndpointHost, flags: FeatureFlagSource): void {
  endpoint(host, ROUTES.getFeatureFlags, () =>
    Promise.resolve({ status: 200, body: flags.current() }),
  );
}
