/**
 * What a workflow can be made of, each as small as it can be: blocks by id (`type`, sub-block values as
 * `params`, container settings and place as `data`) and edges written `from -> to` or `from -handle-> to`.
 */

const start = { type: 'start_trigger', params: { inputFormat: [] } };
const work = (data = {}) => ({ type: 'function', params: { code: 'return 1' }, data });
const asking = (...fields) => ({
  type: 'start_trigger',
  params: { inputFormat: fields.map((field) => ({ type: 'string', ...field })) },
});

export const CONSTRUCTS = [
  {
    title: 'A start with fields',
    text: 'Each field becomes a slot. What one sentence gives is taken at once, the rest is asked for.',
    blocks: {
      start: asking({ name: 'order' }, { name: 'amount', type: 'number' }),
      work: work(),
    },
    ways: ['start -> work'],
  },
  {
    title: 'A trigger as the start',
    text: 'What a webhook or a schedule would bring and blocks read of it is asked of the person instead.',
    blocks: {
      hook: { type: 'generic_webhook' },
      file: { type: 'function', params: { code: 'return <hook.ticket> + <hook.author>' } },
    },
    ways: ['hook -> file'],
  },
  {
    title: 'Several starts',
    text: 'A chat takes the start block before the chat trigger, and that before the older starter. The other is left out and reported.',
    blocks: { start, chat: { type: 'chat_trigger' }, work: work() },
    ways: ['start -> work', 'chat -> work'],
  },
  {
    title: 'Side by side, and a join',
    text: 'Both ways run at once. The join waits until each way into it is taken or can no longer be.',
    blocks: { start, left: work(), right: work(), join: work() },
    ways: ['start -> left', 'start -> right', 'left -> join', 'right -> join'],
  },
  {
    title: 'A condition',
    text: 'A fork with compiled expressions, tried in order. A branch that leads nowhere ends there.',
    blocks: {
      start: asking({ name: 'amount', type: 'number' }),
      check: {
        type: 'condition',
        params: {
          conditions: [
            { id: 'check-if', title: 'if', value: '<start.amount> > 100' },
            { id: 'check-else', title: 'else', value: '' },
          ],
        },
      },
      large: work(),
      small: work(),
    },
    ways: [
      'start -> check',
      'check -condition-check-if-> large',
      'check -condition-check-else-> small',
    ],
  },
  {
    title: 'A router',
    text: 'A model chooses where one is configured; else, and where no route fits, the person is asked.',
    blocks: {
      start: asking({ name: 'text' }),
      triage: {
        type: 'router_v2',
        params: {
          context: '<start.text>',
          routes: [
            { id: 'buy', title: 'Sales', value: 'wants to buy something' },
            { id: 'help', title: 'Support', value: 'has a problem' },
          ],
        },
      },
      sell: work(),
      help: work(),
    },
    ways: ['start -> triage', 'triage -router-buy-> sell', 'triage -router-help-> help'],
  },
  {
    title: 'A gap',
    text: 'What the block needs and the export has lost is asked for before it. Passwords and accounts never are: the finding points to the secrets page.',
    blocks: {
      start,
      tell: {
        type: 'slack',
        params: { operation: 'send', channel: null, text: 'Done', credential: null },
      },
    },
    ways: ['start -> tell'],
  },
  {
    title: 'An error path, and a retry',
    text: 'A failure is tried again as often as the block says, then goes on by the error path. Without one the conversation asks: try again, change an input, skip or stop.',
    blocks: {
      start,
      call: {
        type: 'api',
        params: { url: 'https://example.com', method: 'GET' },
        retry: { enabled: true, maxTries: 3, waitBetweenTriesMs: 500 },
      },
      done: work(),
      rescue: work(),
    },
    ways: ['start -> call', 'call -> done', 'call -error-> rescue'],
  },
  {
    title: 'A human in the loop',
    text: 'What the form shows is said, what it asks becomes slots, options become choices.',
    blocks: {
      start,
      approve: {
        type: 'human_in_the_loop',
        params: { inputFormat: [{ name: 'approved', type: 'boolean', required: true }] },
      },
      pay: work(),
    },
    ways: ['start -> approve', 'approve -> pay'],
  },
  {
    title: 'A wait',
    text: 'Says when it goes on, and goes on by itself, on whichever replica. "skip" goes on at once.',
    blocks: {
      start,
      rest: { type: 'wait', params: { timeValue: 2, timeUnit: 'hours' } },
      work: work(),
    },
    ways: ['start -> rest', 'rest -> work'],
  },
  {
    title: 'A loop',
    text: 'Its body runs once an item, each time in a scope of its own. `<loop.index>` and `<loop.currentItem>` are seen inside, `<each.results>` after it.',
    blocks: {
      start: asking({ name: 'guests', type: 'array' }),
      each: { type: 'loop', data: { loopType: 'forEach', collection: '<start.guests>' } },
      greet: work({ parentId: 'each' }),
      note: work({ parentId: 'each' }),
      end: work(),
    },
    ways: [
      'start -> each',
      'each -loop-start-source-> greet',
      'greet -> note',
      'each -loop-end-source-> end',
    ],
  },
  {
    title: 'A parallel, with a loop in it',
    text: 'Branches run a batch at a time, 20 at the most; their questions are asked one after another. Containers stand ten deep in one another at the most.',
    blocks: {
      start,
      all: { type: 'parallel', data: { parallelType: 'count', count: 3 } },
      again: {
        type: 'loop',
        data: { parentId: 'all', loopType: 'while', whileCondition: '<loop.index> < 2' },
      },
      work: work({ parentId: 'again' }),
      end: work(),
    },
    ways: [
      'start -> all',
      'all -parallel-start-source-> again',
      'again -loop-start-source-> work',
      'all -parallel-end-source-> end',
    ],
  },
  {
    title: 'A child workflow',
    text: 'Linked with the version it has when the caller is converted. It runs in a scope of its own, takes its input from the call and asks for what that lacks.',
    blocks: {
      start: asking({ name: 'city' }),
      ask: {
        type: 'workflow_input',
        params: { workflowId: 'weather', inputMapping: '{"city": "<start.city>"}' },
      },
      end: work(),
    },
    ways: ['start -> ask', 'ask -> end'],
    children: {
      weather: {
        blocks: { begin: asking({ name: 'city' }, { name: 'day' }), look: work() },
        ways: ['begin -> look'],
      },
    },
  },
  {
    title: 'A response',
    text: 'Ends its workflow with its result; the first that is reached wins.',
    blocks: {
      start,
      fast: { type: 'response', params: { dataMode: 'json', data: '{"ok": true}' } },
      slow: work(),
    },
    ways: ['start -> fast', 'start -> slow'],
  },
  {
    title: 'Disabled, unreachable, notes',
    text: 'Left out, each with a finding. A path ends before a disabled block, and no join waits for it.',
    blocks: {
      start,
      off: { ...work(), enabled: false },
      behind: work(),
      alone: work(),
      memo: { type: 'note', params: { content: 'Ask accounting' } },
      join: work(),
    },
    ways: ['start -> off', 'off -> behind', 'start -> join', 'off -> join'],
  },
];
