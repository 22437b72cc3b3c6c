import type { BlockContext } from '@sim/engine';
import { sumOf, type ModelAnswer, type TokenCounts } from '../model/answer.js';
import type { Model } from '../model/model.js';
import type { ModelMessage, ModelRequest, ToolChoice } from '../model/request.js';
import type { CallLog } from './calls.js';
import type { Offer } from './offers.js';

/** How often a model may ask for tools before it must answer. */
export const MAX_ROUNDS = 10;

/**
 * A model that is asked as any other, and has tools: what it asks for is done and given back to it until it
 * answers. Asked again, it corrects its answer, without tools. The tokens of an answer are those of all
 * rounds before it.
 */
export function withTools(
  model: Pick<Model, 'complete'>,
  offers: readonly Offer[],
  log: CallLog,
): Pick<Model, 'complete'> {
  if (offers.length === 0) return model;
  /** All that was said to the model and by it, once it has answered. */
  let transcript: ModelMessage[] | null = null;
  let first = 0;
  return {
    async complete(request, context) {
      const tools = offers.map(({ tool }) => tool);
      if (transcript !== null) {
        const messages = [...transcript, ...request.messages.slice(first)];
        return model.complete({ ...request, tools, toolChoice: 'none', messages }, context);
      }
      const messages = [...request.messages];
      const answer = await converse(
        model,
        { ...request, tools },
        { messages, offers, log },
        context,
      );
      first = request.messages.length;
      transcript = messages;
      return answer;
    },
  };
}

interface Exchange {
  /** Grows with what is said. */
  readonly messages: ModelMessage[];
  readonly offers: readonly Offer[];
  readonly log: CallLog;
}

async function converse(
  model: Pick<Model, 'complete'>,
  request: ModelRequest,
  { messages, offers, log }: Exchange,
  context: BlockContext,
): Promise<ModelAnswer> {
  const forced = offers.filter((offer) => offer.forced).map(({ tool }) => tool.name);
  const onText = paragraphs(request.onText);
  let tokens: TokenCounts = { prompt: 0, completion: 0, total: 0 };
  for (let round = 0; ; round += 1) {
    const isLast = round >= MAX_ROUNDS;
    const toolChoice = isLast ? 'none' : choiceOf(forced, log);
    const asked = { ...request, messages, toolChoice, onText: onText?.next() };
    const answer = await model.complete(asked, context);
    tokens = sumOf(tokens, answer.tokens);
    if (isLast || answer.toolCalls.length === 0) return { ...answer, tokens };
    const { content, toolCalls } = answer;
    const results = await log.run(toolCalls);
    messages.push({ role: 'assistant', content, toolCalls });
    results.forEach((result, index) => {
      messages.push({ role: 'tool', callId: toolCalls[index]?.id ?? '', content: result });
    });
  }
}

/** What the author wants used is asked for by name, one after the other, until each was tried. */
function choiceOf(forced: readonly string[], { records }: CallLog): ToolChoice {
  const name = forced.find((wanted) => records.every((record) => record.name !== wanted));
  return name === undefined ? 'auto' : { name };
}

/** Keeps what a model says before it asks for a tool apart from what it says after. */
function paragraphs(onText: ((text: string) => void) | undefined) {
  if (!onText) return null;
  let hasText = false;
  return {
    next() {
      let isNew = hasText;
      return (text: string) => {
        onText(isNew ? `\n\n${text}` : text);
        isNew = false;
        hasText = true;
      };
    },
  };
}
