export {
  ContractError,
  createContractClient,
  UnexpectedProblemError,
  urlOf,
  type Answer,
  type BodyOf,
  type CallOptions,
  type ContractClient,
  type Operation,
} from './contract-client.js';
export {
  NeverReachedError,
  openDialogue,
  type Dialogue,
  type Reply,
  type State,
} from './dialogue.js';
export {
  listenToEvents,
  StreamEndedError,
  type EventListener,
  type ReceivedEvent,
} from './event-listener.js';
export { seedPerson, seedWorkflow, tokenFor, type Person } from './people.js';
export { UnsoundSessionsError, verifySessions } from './verify-sessions.js';
export { startTcpProxy, type TcpProxy } from './tcp-proxy.js';
export { JWT_SECRET, startTestService, type TestService } from './test-service.js';
