/** The queue's name for the jobs that fire timers; their payload is `{sessionId, timerId}`. */
export const TIMER_TASK = 'session-timer';
/** The queue's name for deliveries to webhooks; their payload is `{deliveryId}`. */
export const WEBHOOK_TASK = 'webhook-delivery';
/** A delivery is tried so often, with growing pauses, over about 16 hours. */
export const DELIVERY_ATTEMPTS = 12;
