/** What the analysis of a journey can find beyond the issues of its workflow. */
export const journeyIssues = {
  state_unreachable: {
    severity: 'warning',
    title: 'State unreachable',
    cause: 'No path of the journey leads to this state; it is never begun.',
    fix: 'Lead a way to the state, or take it out.',
  },
  end_unreachable: {
    severity: 'error',
    title: 'No end can be reached',
    cause:
      'From this state every way leads in a circle, so that the journey never comes to an end.',
    fix: 'Give one of the states of the circle a way out of it.',
  },
  transition_dangling: {
    severity: 'error',
    title: 'Transition to nowhere',
    cause:
      'A transition begins or ends at a state that is not there, at one of another body, or leaves by a branch that does not exist.',
    fix: 'Lead the transition to a state of the same body, or take it out.',
  },
  join_starves: {
    severity: 'error',
    title: 'Join that waits for ever',
    cause:
      'A state begins when all its ways in are decided, and one of them never is: nothing reaches the state that it comes from.',
    fix: 'Take out the way in that is never decided, or lead a way to where it comes from.',
  },
  cycle_unbounded: {
    severity: 'error',
    title: 'Cycle without a bound',
    cause:
      'Transitions lead in a circle that neither passes through the person nor counts its rounds.',
    fix: 'Put the states that repeat into a loop.',
  },
  loop_without_bound: {
    severity: 'warning',
    title: 'Loop without a bound',
    cause: 'A loop or parallel does not say how often it repeats, or over what.',
    fix: 'Set the count, the collection or the condition of the container.',
  },
  loop_over_limit: {
    severity: 'error',
    title: 'Loop beyond the limit',
    cause: 'A loop or parallel is set to repeat more than 1000 times, which fails when it begins.',
    fix: 'Lower the count, or split the work over several runs.',
  },
  loop_bounded_by_limit: {
    severity: 'info',
    title: 'Loop bounded by the limit alone',
    cause:
      'Whether the condition of a loop ever turns false depends on what its blocks give; after 1000 iterations the loop fails.',
    fix: 'Count in the condition too, for example with <loop.index> < 10.',
  },
  loop_condition_constant: {
    severity: 'warning',
    title: 'Loop condition that does not change',
    cause: 'The condition of a loop reads nothing that an iteration could change.',
    fix: 'Read <loop.index>, a block of the body or a variable that the body sets.',
  },
  call_recursive: {
    severity: 'warning',
    title: 'Workflows that call one another',
    cause: 'A child workflow leads back to itself; calls fail when they are 10 deep.',
    fix: 'See to it that some call in the circle stands on a branch that is not always taken.',
  },
  reference_into_container: {
    severity: 'info',
    title: 'Reference into a container',
    cause:
      'A block outside a loop or parallel reads one inside; it sees what the last iteration left, and nothing where there was none.',
    fix: 'Read the results of the container if all iterations are meant.',
  },
  reference_alternatives: {
    severity: 'info',
    title: 'References to branches of which one has run',
    cause:
      'A block where branches meet reads blocks of several of them; those that have not run are empty.',
    fix: 'Nothing need be done where the block can do with the one that has run.',
  },
  reference_after_error: {
    severity: 'warning',
    title: 'Reference to a block that has failed',
    cause: 'On an error path the output of the block that failed holds its error alone.',
    fix: 'Read the field error there, or a block of the error path.',
  },
  variable_may_be_unset: {
    severity: 'warning',
    title: 'Variable that may have no value',
    cause:
      'A variable without a value is read where a path leads on which no block has set it before.',
    fix: 'Give the variable a value to begin with, or set it on every path.',
  },
  side_effect_unconfirmed: {
    severity: 'info',
    title: 'Side effect without confirmation',
    cause:
      'A block may act outside, but the options of the mapping say that its type does not, so that nobody is asked first.',
    fix: 'Take the type out of the side effects in the options, if a yes is wanted.',
  },
  route_leads_nowhere: {
    severity: 'info',
    title: 'Route that leads nowhere',
    cause: 'Nothing is connected to a route of a router, so that its path ends there.',
    fix: 'Connect the route, if something is to happen then.',
  },
} as const;
