import type { Failure } from './fake-blocks.js';

/** Neither a list nor a record is gone over. */
export const BAD_COLLECTION: Failure = {
  code: 'invalid_collection',
  message: 'The collection is neither a list nor a record',
  retryable: false,
};

/** A model found no route that fits. */
export const NO_ROUTE: Failure = {
  code: 'no_route_matched',
  message: 'No route matches',
  retryable: false,
};
