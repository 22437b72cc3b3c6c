import type { Intent } from '@sim/domain';
import { phraseList } from './phrases.js';

/** What a bare phrase means. */
export interface PhraseMeaning {
  readonly intent: Intent;
  /** With `switch-mode`: where to. */
  readonly mode?: 'visual' | 'conversational' | 'hybrid';
}

const PHRASES: readonly (readonly [Intent, string])[] = [
  [
    'start',
    `
    start|begin|launch|go, get started, get going, kick off, kick it off,
    start|begin|run|launch it|this|that|now, run, lets go|begin|start
  `,
  ],
  [
    'pause',
    `
    pause, pause here|now|it|this|that, hold on|up, wait a minute|second|moment|sec, wait,
    give me a minute|second|moment|sec, one moment|second|sec, take a break, put it|this|that
    on hold, lets pause
  `,
  ],
  [
    'resume',
    `
    resume|continue|proceed, go on, carry on, keep going, move on, pick up where we left off,
    resume|continue it|this|that|now, unpause, im back, next, lets continue|proceed, go|move
    forward
  `,
  ],
  [
    'cancel',
    `
    cancel|stop|abort|nevermind|quit|exit, never mind, cancel|stop|abort|end
    it|this|that|everything|now|all, forget it|that|this, forget about it|that|this, call it off, call off, give up, i
    give up, drop it, i changed my mind, get me out of here, cancel all of it|this
  `,
  ],
  [
    'skip',
    `
    skip, skip it|this|that|ahead, skip this|that one|step|question|part, skip the
    step|question, pass, next question|step, leave it|this|that out|blank|empty, leave blank,
    move past it|this, id rather not say, prefer not to say, i prefer not to say
  `,
  ],
  [
    'retry',
    `
    retry, try again, retry it|this|that|now, try it|this|that again, try once more, once
    more, one more time, again, run it|this|that again, do it|this|that again, retry
    this|that|the step, try this|that|the step again, give it another try|go, another try,
    redo, redo it|this|that
  `,
  ],
  [
    'back',
    `
    back|undo, go|step|move back, undo it|this|that, undo the last step|answer|one|thing, go
    back one|a step, go back one step, previous, previous step|question, go to the previous
    step|question, back up, take me back, go back to the previous step|question, take it|that
    back, revert, return to the previous step|question
  `,
  ],
  [
    'restart',
    `
    restart|reset, start over|again|afresh|anew, start all over again, start all over, begin
    again, start from the beginning|top|scratch, start from scratch, from the
    beginning|top|start, restart it|this|that|everything, go back to the beginning|start,
    reset everything|it|this, begin from the beginning, do it all again, redo everything
  `,
  ],
  [
    'status',
    `tell|give|show me the|my|our status|progress, status, where are|were we, where am i, how far, how far are we|am i, how far along are
    we|am i, progress, whats the status|progress, what is the status|progress, what is our|my
    status|progress, whats our|my status|progress, whats happening|left|next|done, what is
    happening|left|next|done, what have we done, what have we done so far, how much is left,
    how many steps are left, how many steps left, show status|progress, show me the
    status|progress, status update|report, show me where we are, what step are we on|at, what
    step is this, are we done|finished|there yet, are we done yet, is it done, is it finished,
    how is it going, hows it going so far, what is the current step, whats the current step,
    what comes next, whats going on, what is going on
  `,
  ],
  [
    'explain',
    `
    explain|why, explain it|this|that, explain this|that|the step, explain the current step,
    explain yourself, what does this|that|the step do, what does it|this|that do, what does
    it|this|that mean, what is this|that, whats this|that, what is this|that step, whats
    this|that step, what is this|that step for, what is this|that for, whats this|that for,
    why is that, why that|this|so, how come, why do you ask, why are you asking, why are you
    asking me this|that, why are you asking this|that, why do you need this|that|it, why do
    you need to know, why do you need to know this|that, what are you doing, what just
    happened, what happened, tell me more about this step, what does this step mean, why did
    it fail, why did that|this happen, what went wrong, how does this work, how does it work,
    i dont understand, i dont get it, more details|info|information, what do you mean, what
    will happen, what will happen next, what happens next|now|then, describe this|that|the
    step
  `,
  ],
  [
    'help',
    `
    help, help me, i need help, i need some help, help please, what can i say|do|ask, what can
    you do, what are my options, what are the options|commands, options, commands, how do i
    use this, show help, show me the commands|options, im stuck|lost|confused, i am
    stuck|lost|confused, what should|do i do, what now, what should i say, assist me, can you
    help, sos, menu
  `,
  ],
  [
    'repeat',
    `
    repeat, say again, say it|that|this again, repeat it|that|this, repeat the question,
    repeat that|this question, come again, pardon, pardon me, what, huh, what did you say,
    what was that, what was the question, i didnt get|catch|hear that, ask again, ask me
    again, once again, tell me again, excuse me, what was that again, what is the question,
    whats the question, what did you ask, read it|that back
  `,
  ],
  [
    'greet',
    `
    hi|hello|hey|hiya|howdy|greetings|yo|hola|morning, hi|hello|hey there, hi|hello|hey again,
    hi|hello|hey everyone|all|bot|team, good morning|afternoon|evening|day, hi|hello|hey good
    morning|afternoon|evening, how are you, hi|hello|hey how are you, how are you doing|today,
    hows it going, whats up, sup, nice to meet you
  `,
  ],
  [
    'thank',
    `
    thanks|thx|ty|cheers, thank you|u, thanks a lot|bunch|million, thanks so|very much, thank
    you so|very much, many thanks, much appreciated, i appreciate it|that, appreciate it,
    thats great|perfect|helpful thanks, great|perfect|awesome|ok|okay|cool|super thanks,
    great|perfect|awesome|ok|okay|cool|super thank you, thanks again, thank you again, thanks
    for your|the help, thank you for your|the help, thats kind of you
  `,
  ],
  [
    'goodbye',
    `
    bye|goodbye|farewell|cya|ciao, good bye, bye bye|for now, bye now, see you|ya, see you
    later|soon|tomorrow|around, see ya later, talk to you later|soon, have a good|nice|great
    day|evening|one|night|weekend, good night, goodnight, take care, im off, thats all, thats
    it for now|today, thats all for now|today, thanks bye, thank you bye, ok|okay bye, until
    next time, i have to go, gotta go
  `,
  ],
];

type Mode = NonNullable<PhraseMeaning['mode']>;
const MODE_NAMES: readonly (readonly [Mode, string])[] = [
  [
    'visual',
    `visual, visual mode|editor|view, the visual mode|editor|view, canvas|diagram|editor|graph,
    the canvas|diagram|editor|graph, graph|canvas|diagram view`,
  ],
  [
    'conversational',
    `chat|conversation|conversational, chat|conversation|conversational|text mode|view,
    the chat|conversation`,
  ],
  ['hybrid', 'hybrid|split, hybrid|split mode|view, both'],
];
const MODE_VERBS = phraseList(
  `switch|change|go|move|back|return to, switch over|back|me to, go back to, take me to, open,
  show, show me, use`,
);

/** What a command is about, said or left out: "cancel the workflow". */
const THINGS =
  'workflow|process|session|conversation|journey|flow|task|run|execution|thing|procedure';
const THING_VERBS: readonly (readonly [Intent, string])[] = [
  ['start', 'start|begin|run|launch|execute'],
  ['pause', 'pause|suspend|hold'],
  ['resume', 'resume|continue|unpause'],
  ['cancel', 'cancel|stop|abort|end|quit|exit|leave|terminate'],
  ['restart', 'restart|reset'],
  ['explain', 'explain|describe'],
];

/** Every bare phrase, its words joined by spaces, with what it means. */
export const COMMAND_PHRASES: ReadonlyMap<string, PhraseMeaning> = buildPhrases();

function buildPhrases(): Map<string, PhraseMeaning> {
  const phrases = new Map<string, PhraseMeaning>();
  const note = (list: string, meaning: PhraseMeaning): void => {
    for (const words of phraseList(list)) phrases.set(words.join(' '), meaning);
  };
  for (const [intent, verbs] of THING_VERBS) {
    note(`${verbs} the|this|my ${THINGS}, ${verbs} the|this whole|entire ${THINGS}`, { intent });
  }
  for (const [intent, list] of PHRASES) note(list, { intent });
  for (const [mode, list] of MODE_NAMES) {
    const meaning = { intent: 'switch-mode', mode } as const;
    for (const name of phraseList(list)) {
      // "Chat" alone may be an answer; "chat mode" is not.
      if (name.at(-1) === 'mode') phrases.set(name.join(' '), meaning);
      for (const verb of MODE_VERBS) phrases.set([...verb, ...name].join(' '), meaning);
    }
  }
  return phrases;
}
