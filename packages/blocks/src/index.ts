export { createBlocks, type Blocks, type BlocksOptions } from './blocks.js';
export { InvalidAllowListEntryError } from './http/addresses.js';
export type { ModelOptions } from './model/model.js';
export type { SandboxOptions } from './sandbox/sandbox.js';
export {
  createTools,
  tryTool,
  type Tools,
  type ToolsOptions,
  type ToolTrial,
  type TrialOutcome,
} from './tools/tools.js';
export { newWebhookSecret } from './webhooks/signature.js';
export {
  createWebhookSender,
  type WebhookAnswer,
  type WebhookSender,
} from './webhooks/webhook-sender.js';
