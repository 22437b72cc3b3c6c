import type { Hypothesis } from './hypothesis.js';
import { withoutCourtesy } from './padding.js';
import type { Heard, Word } from './text.js';
import { wordSet } from './phrases.js';

/** A question heard, and whether it may as well ask for something to be done. */
export interface HeardQuestion {
  readonly hypothesis: Hypothesis;
  /** "Can you deliver it tomorrow?": a request in the dress of a question. */
  readonly request: boolean;
}

const WH = wordSet(
  'what whats which who whos whom whose where wheres when whens why whys how hows',
);
const AUXILIARIES = wordSet(
  'is are was were am do does did can could will would should shall may might has have had must isnt arent dont doesnt didnt cant couldnt wont wouldnt shouldnt',
);
const SUBJECTS = wordSet(
  'i you we it this that there the my our your a an they he she anyone someone anybody any these those these',
);
const HOW_MUCH = wordSet('long much many far often soon big old late early fast well about');
const ASKING =
  /^(?:tell me|i(?:'d| would)? (?:want|like|need) to know|i wonder|i was wondering|i'm wondering|do you know|does anyone know|any idea|could you tell me|can you tell me|i have a question|quick question|let me know)\b/iu;
const WHY_US =
  /^why (?:do|did|are|would|is|does|must|should) (?:you|i|we|this|that|it|my|the|all)\b.*\b(?:need|ask|asking|want|require|give|tell|provide|necessary|needed|required|know)\b/iu;

/** Hears a question on the side; null where nothing sounds like one. */
export function readQuestion(heard: Heard): HeardQuestion | null {
  const words = withoutCourtesy(heard.words);
  const [first] = words;
  if (!first) return null;
  const text = heard.text.slice(first.start).trim();
  const marked = /[?？؟]\s*$/u.test(heard.text);
  if (WHY_US.test(text)) return hears('explain', 0.92, false);
  if (ASKING.test(text)) return hears('ask-question', 0.88, false);
  if (WH.has(first.text)) return readOpenQuestion(words, marked);
  if (AUXILIARIES.has(first.text) && SUBJECTS.has(words[1]?.text ?? '')) {
    return readClosedQuestion(text, marked);
  }
  return marked ? hears('ask-question', 0.6, true) : null;
}

/** "What is the fee", "how long does it take". */
function readOpenQuestion(words: readonly Word[], marked: boolean): HeardQuestion | null {
  const [first = '', second = '', third = ''] = words.map(({ text }) => text);
  const verb = AUXILIARIES.has(second) || AUXILIARIES.has(third) || HOW_MUCH.has(second);
  // "What's the fee" holds its verb in the question word.
  const held = first.length > 3 && first.endsWith('s') && words.length > 1;
  if (!marked && !verb && !held) return null;
  const proposal = second === 'about' && (first === 'how' || first === 'what');
  return hears('ask-question', marked ? 0.93 : 0.86, proposal);
}

/** "Is it insured?"; "can you …?" asks for something to be done as often as it asks. */
function readClosedQuestion(text: string, marked: boolean): HeardQuestion | null {
  const request = /^(?:can|could|will|would|may) (?:i|you|we)\b/iu.test(text);
  if (marked) return hears('ask-question', request ? 0.82 : 0.9, request);
  return request ? null : hears('ask-question', 0.7, request);
}

function hears(intent: Hypothesis['intent'], confidence: number, request: boolean): HeardQuestion {
  return { hypothesis: { intent, confidence, entities: [] }, request };
}
