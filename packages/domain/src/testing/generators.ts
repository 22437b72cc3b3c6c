/** Journeys and workflows at random, for the property tests of other packages. */
export { almostWorkflows, workflowDocuments } from '../mapping/testing/arbitrary-workflows.js';
export { arbitraryJourney } from '../session/testing/arbitrary-journey.js';
