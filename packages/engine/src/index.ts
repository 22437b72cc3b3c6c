export * from './ports.js';
export * from './errors.js';
export * from './settings.js';
export * from './engine.js';
export type { OpenAnswer, SessionAnswer, TurnAnswer } from './answers.js';
export { sessionAnswer } from './answers.js';
export { sessionChannel } from './turn-commit.js';
export type { TurnInput } from './turn-work.js';
export { JOURNEYS_AT_HAND } from './journey-cache.js';
