export { createSimApp, type SimApp } from './app.js';
export { readConfig, simAppSettings, type SimAppConfig, type SimAppSecrets } from './config.js';
export { contextFromConfig, type SimAppContext, type SimAppOverrides } from './context.js';
export { FeatureFlagsError } from './flags/feature-flags.js';
export type { GatewayLimits } from './gateway/gateway.js';
