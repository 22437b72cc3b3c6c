export { createConversationService, type ConversationService } from './app.js';
export {
  conversationSettings,
  readConfig,
  type ConversationConfig,
  type ConversationSecrets,
} from './config.js';
export {
  contextFromConfig,
  type ConversationContext,
  type ConversationOverrides,
} from './context.js';
