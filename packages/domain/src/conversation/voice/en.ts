/** Everything that is said in English, in ICU MessageFormat (https://unicode-org.github.io/icu/userguide/format_parse/messages/). */
export const en = {
  welcome:
    '{name}.{hasDescription, select, yes { {descriptionSentence}} other {}}{needsCount, plural, =0 {} one { I need one thing from you: {needs}.} other { I need a few things from you: {needs}. You can tell me all at once or one by one.}}',
  'ready-to-start': 'I have all I need. Say "start" when you are ready.',
  'unasked-input':
    'You also gave {names}, which this workflow does not ask for; I pass it on as it is.',
  noted: 'Got it: {values}.',
  changed: 'Changed: {values}.',
  'ask-slot':
    '{expected, select, boolean {{label}{hasPurpose, select, yes { for "{purpose}"} other {}}: yes or no?} option {{label}{hasPurpose, select, yes { for "{purpose}"} other {}}: which one?} object {What is the {labelLower}{hasPurpose, select, yes { for "{purpose}"} other {}}? I need it as a JSON object, such as {jsonExample}.} other {What is the {labelLower}{hasPurpose, select, yes { for "{purpose}"} other {}}?}}{hasDescription, select, yes { ({description})} other {}}{hasOptions, select, yes { {options}} other {}}',
  'ask-message': 'What would you like to say?',
  'ask-optional-slot':
    '{expected, select, boolean {{label}{hasPurpose, select, yes { for "{purpose}"} other {}}: yes or no?} option {{label}{hasPurpose, select, yes { for "{purpose}"} other {}}: which one?} object {What is the {labelLower}{hasPurpose, select, yes { for "{purpose}"} other {}}? I need it as a JSON object, such as {jsonExample}.} other {What is the {labelLower}{hasPurpose, select, yes { for "{purpose}"} other {}}?}}{hasDescription, select, yes { ({description})} other {}}{hasOptions, select, yes { {options}} other {}} It is optional: say "skip" to leave it out.',
  'cannot-skip-slot': 'I cannot go on without the {labelLower}.',
  'refused-often':
    'We seem to be stuck on the {labelLower}. You can say "back" to change an earlier answer, or "cancel" to stop.',
  'refused-often-optional':
    'We seem to be stuck on the {labelLower}. It is optional: say "skip" to leave it out.',
  'unknown-slot': 'There is nothing called {names} to fill in here.',
  'answer-unreadable': 'I could not find an answer in that.',
  'refused-empty': 'I did not catch a value for the {labelLower}.',
  'refused-number': '"{given}" is not a number I can use for the {labelLower}.',
  'refused-boolean': 'I need a yes or a no for "{label}"; I heard "{given}".',
  'refused-option': '"{given}" is not one of the choices for the {labelLower}.',
  'refused-date': '"{given}" is not a date I understand, such as "tomorrow" or "2026-03-14".',
  'refused-time': '"{given}" is not a time I understand, such as "7 pm" or "19:00".',
  'refused-email': '"{given}" does not look like an e-mail address, such as "ada@example.com".',
  'refused-url': '"{given}" does not look like a web address, such as "https://example.com".',
  'refused-phone': '"{given}" does not look like a phone number, such as "+44 20 7946 0000".',
  'refused-object': 'The {labelLower} must be a JSON object, such as {jsonExample}.',
  'refused-array': 'The {labelLower} must be a list, such as "red, green, blue".',
  'refused-too-long': 'That is too long for the {labelLower}: at most {max} characters.',
  'missing-start-value':
    'A value ({type}) is needed for the {labelLower}{hasDescription, select, yes {: {descriptionSentence}} other {.}}',
  show: '{hasText, select, yes {{text}} other {}}{hasValues, select, yes { {values}} other {}}',
  'confirm-side-effect':
    'Next is "{label}", which acts outside this conversation.{hasDescription, select, yes { {descriptionSentence}} other {}} Shall I do it?',
  'confirm-step':
    'Next is "{label}".{hasDescription, select, yes { {descriptionSentence}} other {}} Shall I go on?',
  'step-held':
    'All right, I wait. Say "yes" when I may go on{dispensable, select, true {, or "skip" to leave "{label}" out} other {}}.',
  'cannot-skip-step':
    'The rest hangs on "{label}", so I cannot leave it out. Say "yes" when I may go on.',
  'confirm-redo': '"{label}" was started once already. Shall I do it again?',
  'confirm-acknowledge': 'Shall I go on?',
  'confirm-cancel': 'Do you really want to cancel? What was done stays done.',
  'confirm-restart': 'Do you really want to start again from the beginning?',
  'confirm-rewind': 'Going back means doing this again: {steps}. Shall I?',
  'ask-repair': '"{label}" did not work: {errorSentence} What shall I do? {options}',
  'ask-unknown':
    '"{label}" was interrupted, and it is not known whether it was done. What shall I do? {options}',
  'ask-uncertain':
    '"{label}" did not answer: {errorSentence} It may have been done all the same. What shall I do? {options}',
  'ask-declined': 'All right, I have not done "{label}". What now? {options}',
  'ask-choice':
    '{label}: which way shall we go?{hasDescription, select, yes { ({description})} other {}} {options}',
  'loop-item':
    '"{label}", {total, plural, =0 {number {number}} other {{number} of {total}}}{hasItem, select, yes {: {item}} other {}}.',
  'about-item': 'About "{label}", {number} of {total}{hasItem, select, yes { ({item})} other {}}:',
  'yes-or-no': 'I need a yes or a no here.',
  'not-yes-or-no': 'I need the {labelLower} here, not a yes or no.',
  'choose-one':
    'Please choose one of these, by its number or its words, or say "cancel" to stop here.',
  'not-an-option': 'That is not possible here.',
  'not-asked-for': 'That is not what I need just now.',
  'no-longer-asked': 'That is no longer asked.',
  reminder:
    '{count, plural, =1 {I am still waiting for your answer.} other {I am still waiting for your answer, and ask once more.}}',
  'nothing-asked': 'There is nothing to answer right now. Say "status" to see where we are.',
  'nothing-to-confirm': 'There is nothing to confirm right now.',
  'nothing-to-skip': 'There is nothing to skip right now.',
  'nothing-to-retry': 'Nothing has failed, so there is nothing to retry.',
  'nothing-to-go-back-to': 'This is the first step, so there is nothing to go back to.',
  'nothing-to-change': 'There is no answer to change yet.',
  'which-change':
    'Which one would you like to change: {labels}? For example: "change the {firstLabelLower}".',
  'left-aside': 'I change one step at a time; tell me again about: {labels}.',
  'left-as-it-was': 'I left it as it was.',
  'will-redo': 'With a changed answer I will do this again: {steps}.',
  'will-do-again': 'I will do this again: {steps}.',
  'going-on': 'Good, we go on.',
  'already-started': 'We are under way already.',
  paused: 'Paused. Say "resume" to go on.',
  pausing:
    'Paused. {steps} {stepsCount, plural, one {is} other {are}} still at work and will be finished; nothing new begins before you say "resume".',
  'pause-point': 'I pause here, before "{label}". Say "resume" to go on.',
  'is-paused': 'We are paused. Say "resume" to go on.',
  'not-paused': 'We are not paused.',
  resumed: 'Welcome back. We go on where we were.',
  'journey-changed':
    '"{name}" has changed in the meantime. We go on with its new version where we were.',
  restarted: 'Starting again.',
  cancelled: 'Cancelled. Say "restart" to begin again.',
  'has-ended':
    'This conversation {status, select, completed {is complete} failed {stopped after a failure} cancelled {was cancelled} other {is over}}. {canResume, select, yes {Say "resume" to go on where we were, or "restart" to begin again.} other {Say "restart" to begin again.}}',
  'step-done': '"{label}" is done.',
  'step-done-with': '"{label}" is done{hasOutput, select, yes {: {output}} other {}}.',
  skipped: 'I skipped "{label}".',
  failed: 'I stopped at "{label}": {errorSentence} Say "restart" to try from the beginning.',
  'timed-out':
    '{name} took longer than it may, so I stopped. What was done stays done. Say "restart" to begin again.',
  'no-such-step': 'There is no step called {names} to go back to.',
  completed: '{hasOutput, select, yes {Done. {output}} other {Done.}}',
  'timer-set': '"{label}": I will go on by myself in {duration}. Say "skip" to go on now.',
  'timer-fired': 'The wait is over.',
  'still-waiting': 'I am still waiting. Say "skip" to go on now.',
  'still-working': 'This takes a moment. I will go on as soon as it is done.',
  status:
    '{status, select, completed {{name} is complete.} failed {{name} stopped after a failure.} cancelled {{name} was cancelled.} expired {{name} was left for too long and is over.} paused {{name} is paused at {progress}%.} not_started {{name} has not been started yet.} other {{name}: {progress}% done.}}{hasLabel, select, yes { We are at "{label}".} other {}}',
  'known-values': 'So far I have: {values}.',
  'explain-workflow': '{name}.{hasDescription, select, yes { {descriptionSentence}} other {}}',
  'explain-step':
    'This step is "{label}".{hasDescription, select, yes { {descriptionSentence}} other {}}{kind, select, start { It collects what the workflow needs.} form { It needs your decision.} confirmation { It acts outside this conversation, so I ask first.} inputs { It needs something that the workflow does not say.} router { It decides which way to go.} timer { It waits for a while.} other {}}',
  'explain-branch':
    'We came here from "{label}" because {condition}{hasValues, select, yes { ({values})} other {}}.',
  'explain-else':
    'We came here from "{label}" because none of its other conditions was true{hasValues, select, yes { ({values})} other {}}.',
  'answer-slot': '{label}: {descriptionSentence}',
  'answer-workflow':
    'I can only tell you about this workflow: {name}.{hasDescription, select, yes { {descriptionSentence}} other {}}',
  greet: 'Hello!',
  thank: 'You are welcome.',
  goodbye:
    '{ended, select, true {Goodbye!} other {Goodbye! I keep our place; come back whenever you like.}}',
  help: 'Answer in your own words, or say one of these: status, explain, back, change, skip, retry, pause, resume, repeat, restart, cancel.',
  clarify: 'Sorry, I did not understand that.',
  'which-mode': 'I can switch to visual, conversational or hybrid.',
  'mode-switched': 'Switched to the {mode} view.',
} as const;

/** The keys of the catalogue; a message with any other key is a fault that the tests catch. */
export type MessageKey = keyof typeof en;
