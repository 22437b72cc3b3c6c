/**
 * Stands for the types of the package `eventsource`, which the protocol's library names in its own types:
 * that package offers its sources under the condition by which ours are read, and they would be compiled
 * with ours.
 */
export type ErrorEvent = Event;
/** Options that are not set from here. */
export type EventSourceInit = object;
