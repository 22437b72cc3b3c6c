/** Where conversation-service has its API. */
export const CONVERSATION_BASE_PATH = '/api/v1/conversational-workflows';
