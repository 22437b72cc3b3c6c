import type { JsonObject } from '@sim/domain';
import { afterEach, describe, expect, it } from 'vitest';
import { routerBlock } from './router.js';
import { contextOf, failureOf } from './testing/context.js';
import { fails, says, startModel, type Behaviour } from './testing/model-server.js';

const ROUTES = [
  { id: 'r1', title: 'Sales', description: 'Wants to buy' },
  { id: 'r2', title: 'Support', value: 'Something is broken' },
];
const PARAMS = { context: 'My screen is black', routes: ROUTES };

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function start(behaviours: Behaviour[], type: 'router' | 'router_v2' = 'router_v2') {
  const { model, server, close } = await startModel(behaviours);
  opened.push({ close });
  return { router: routerBlock(type, model), server };
}

describe('router_v2', () => {
  it('goes where the model says, and tells why', async () => {
    const { router, server } = await start([says({ reasoning: 'It is broken.', route: 'r2' })]);
    expect(await router.run(PARAMS, contextOf())).toEqual({
      output: {
        context: 'My screen is black',
        model: 'test-model-1',
        tokens: { prompt: 10, completion: 5, total: 15 },
        cost: null,
        selectedRoute: 'r2',
        reasoning: 'It is broken.',
        selectedPath: { blockId: '', blockType: '', blockTitle: 'Support' },
      },
      branchId: 'r2',
    });
    const [asked] = server.asked();
    expect(JSON.stringify(asked?.messages)).toContain('Something is broken');
    expect(asked).toMatchObject({
      response_format: {
        json_schema: { schema: { properties: { route: { enum: ['r1', 'r2', 'NO_MATCH'] } } } },
      },
    });
  });

  it('takes its routes as JSON text, and its own model and key', async () => {
    const { router, server } = await start([says({ reasoning: '', route: 'r1' })]);
    const params = {
      ...PARAMS,
      routes: JSON.stringify(ROUTES),
      model: 'other',
      apiKey: '{{MISSING}}',
    };
    expect(await router.run(params, contextOf())).toMatchObject({ branchId: 'r1' });
    expect(server.asked()[0]).toMatchObject({ model: 'other' });
    expect(server.seen[0]?.headers.authorization).toContain('sk-test');
  });

  it('says that no route matches, even where there is only one', async () => {
    const { router } = await start([says({ reasoning: '', route: 'NO_MATCH' })]);
    const told = await failureOf(router, { ...PARAMS, routes: [ROUTES[0]!] });
    expect(told).toMatchObject({ code: 'no_route_matched', retryable: false });
    expect(told.message).toContain('"Sales"');
  });

  it('asks again for a route that does not exist', async () => {
    const wrong = says({ reasoning: '', route: 'r9' });
    const { router, server } = await start([wrong, says({ reasoning: '', route: 'r1' })]);
    expect(await router.run(PARAMS, contextOf())).toMatchObject({ branchId: 'r1' });
    expect(server.seen).toHaveLength(2);
    const { router: hopeless } = await start([wrong]);
    expect(await failureOf(hopeless, PARAMS)).toMatchObject({ code: 'model_answer_invalid' });
  });

  it.each<[string, JsonObject]>([
    ['no routes', { routes: [] }],
    ['routes that are missing', { routes: null }],
    ['routes that are no list', { routes: { id: 'r1' } }],
    ['a route without an id', { routes: [{ title: 'Sales' }] }],
    ['a route that is none', { routes: [null] }],
    ['too many routes', { routes: Array.from({ length: 201 }, (_, id) => ({ id: `${id}` })) }],
  ])('asks nobody about %s', async (_, over) => {
    const { router, server } = await start([says('')]);
    expect(await failureOf(router, { ...PARAMS, ...over })).toMatchObject({
      code: 'invalid_params',
      retryable: false,
    });
    expect(server.seen).toHaveLength(0);
  });

  it('takes no text without end', async () => {
    const { router } = await start([says('')]);
    expect(await failureOf(router, { ...PARAMS, context: 'x'.repeat(600_000) })).toMatchObject({
      code: 'input_too_large',
    });
  });

  it('fails as its model does', async () => {
    const { router } = await start([fails(401)]);
    expect(await failureOf(router, PARAMS)).toMatchObject({ code: 'model_unavailable' });
  });
});

describe('the older router', () => {
  it('picks a block by its id, for its prompt', async () => {
    const { router } = await start([says({ reasoning: '', route: 'block-2' })], 'router');
    const routes = [
      { id: 'block-1', title: 'Sales' },
      { id: 'block-2', title: 'Support', blockType: 'agent' },
    ];
    expect(await router.run({ prompt: 'Broken', routes }, contextOf())).toMatchObject({
      branchId: 'block-2',
      output: {
        prompt: 'Broken',
        selectedRoute: 'block-2',
        selectedPath: { blockId: 'block-2', blockType: 'agent', blockTitle: 'Support' },
      },
    });
  });
});
