export * from './json.js';
export type * from './issues.js';
export type * from './workflow/types.js';
export type * from './journey/types.js';
export * from './session/types.js';
export * from './conversation/types.js';
export * from './expressions/index.js';
export * from './conversation/slot-values.js';
export { graphOf, stateOf, UnknownStateError, type JourneyGraph } from './session/graph.js';
export { DEFAULT_CONFIG, evolve, initialState, replay } from './session/evolve.js';
export { UnknownScopeError } from './session/scopes.js';
export { startValueFaults, type StartValueFault } from './session/start-values.js';
export {
  createDecider,
  decide,
  type Decider,
  type Decision,
  type Input,
} from './session/decide.js';
export { hasEnded } from './session/commands.js';
export { moveSession, type Move } from './migration/move-session.js';
export { MOVE_REFUSALS, type MoveRefusal, type MoveRefusalCode } from './migration/refusals.js';
export { currentState, executionStatus, progress } from './session/status.js';
export {
  availableCommands,
  suggestActions,
  understandingContext,
  viewSession,
  type AwaitedSlot,
  type Awaiting,
  type SessionView,
} from './session/view.js';
export { NOTICE_KINDS, noticesOf, type Notice, type NoticeKind } from './session/notices.js';
export { viewQuestion, type QuestionField, type QuestionView } from './session/question-view.js';
export { render } from './conversation/voice/render.js';
export { en, type MessageKey } from './conversation/voice/en.js';
export {
  parseWorkflow,
  type ParsedWorkflow,
  type ParseOptions,
} from './workflow/parse-workflow.js';
export {
  ARCHIVE_LIMITS,
  readArchive,
  type Archive,
  type ArchivedWorkflow,
} from './archive/read-archive.js';
export { isZip } from './archive/zip-directory.js';
export { storableJson } from './workflow/reader.js';
export { chunksOf, tokensOf } from './knowledge/chunks.js';
export { looksLikeYaml } from './workflow/document-text.js';
export { readYamlDocument } from './workflow/source.js';
export { calledWorkflows } from './mapping/called-workflows.js';
export { mapWorkflow } from './mapping/map-workflow.js';
export { fillGaps, gapsOf, type Gaps } from './mapping/gaps.js';
export { operationOf, takesTools, toolFor, type ToolOffer } from './mapping/tools.js';
export { mentionsFetch, sideEffectOf } from './mapping/side-effects.js';
export { toolsUsed } from './mapping/tools-used.js';
export { agentMayCall, agentTools, type AgentTool } from './mapping/agent-tools.js';
export { openParameters, type OpenParameter } from './catalogue/parameters.js';
export { analyse } from './analysis/analyse.js';
export { canonicalJson, MAPPER_VERSION } from './mapping/version.js';
export type { MapOptions, MappedWorkflow } from './mapping/types.js';
export { toMermaid } from './export/mermaid.js';
export { toXState } from './export/xstate/to-xstate.js';
export { xstateChildOf, xstateEventOf, type XStateEvent } from './export/xstate/events.js';
export {
  xstateImplementations,
  type EnqueueActions,
  type XStateScope,
} from './export/xstate/implementations.js';
export type * from './export/xstate/types.js';
export { ISSUE_CATALOGUE, type IssueCode, type IssueDescription } from './issue-catalogue.js';
