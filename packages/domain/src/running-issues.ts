/** Issues of what blocks need to run: secrets and tools; a part of the catalogue, which checks their form. */
export const RUNNING_ISSUES = {
  secret_passed_on: {
    severity: 'warning',
    title: 'Secret passed on',
    cause:
      'A block that only hands values on (a loop, a parallel, a call of another workflow, variables, a response) uses a secret. What is handed on is kept, and secrets are never kept: *** arrives in its place.',
    fix: 'Write {{NAME}} in the block that needs the value, such as the header of an API call; a called workflow may use it there too.',
  },
  executor_missing: {
    severity: 'warning',
    title: 'Nothing runs this type',
    cause:
      'No executor of ours and no tool of the workspace runs the type and the operation of the block.',
    fix: 'Configure a tool for them (POST /api/v1/tools), for agents and evaluators a model (OPENAI_API_KEY or OPENAI_BASE_URL); until then the conversation asks at this block whether to retry, skip or stop.',
  },
  agent_tool_left_out: {
    severity: 'warning',
    title: 'Tool of an agent left out',
    cause:
      'An agent has a tool that cannot be called: nothing runs it, its code is not in the workflow, or it is another workflow.',
    fix: 'Configure a tool for its type and operation (POST /api/v1/tools), or write its code into the workflow; the agent answers without it until then, and says so in its output.',
  },
} as const;
