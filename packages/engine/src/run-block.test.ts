import { initialState, type BlockRun, type Journey, type JsonObject } from '@sim/domain';
import { describe, expect, it, vi } from 'vitest';
import { BlockFailure, type BlockExecutor, type SecretStore } from './ports.js';
import { prepareBlock } from './run-block.js';
import { DEFAULT_ENGINE_SETTINGS } from './settings.js';

const run: BlockRun = {
  id: 'run_1',
  scopeId: 'root',
  stateId: 'st_t',
  attempt: 1,
  idempotencyKey: 'k',
};

function journeyWith(params: JsonObject, blockType = 'probe'): Journey {
  return {
    id: 'jrn_test',
    version: 'test',
    mapperVersion: '1',
    name: 'Test',
    description: null,
    initial: 'st_t',
    states: [
      {
        kind: 'tool',
        id: 'st_t',
        blockId: 't',
        blockType,
        label: 'Probe',
        refName: 'probe',
        description: null,
        outputFields: null,
        params,
        sideEffect: 'none',
        retry: null,
        hasErrorPath: false,
      },
    ],
    transitions: [],
    variables: [],
  };
}

type Probe = Pick<BlockExecutor, 'run'> & {
  readonly secrets?: SecretStore['values'];
  readonly blockType?: string;
};

function outcome(
  { run: probe, secrets, blockType }: Probe,
  params: JsonObject = {},
  limitMs = 1_000,
) {
  const log = { warn: vi.fn(), error: vi.fn() };
  const executor = { type: 'probe', sideEffect: 'none', idempotent: true, run: probe } as const;
  const ports = {
    secrets: { values: secrets ?? (() => Promise.resolve({})) },
    executors: new Map([['probe', executor]]),
    clock: () => new Date(0),
    log,
    settings: { ...DEFAULT_ENGINE_SETTINGS, blockTimeoutMs: limitMs },
  };
  const site = { sessionId: 'ses_1', workspaceId: 'ws_1', journey: journeyWith(params, blockType) };
  const call = prepareBlock(ports, site, initialState(), run);
  const { signal } = new AbortController();
  return { log, result: call.then(({ outcome: told }) => told(signal)) };
}

const failed = (error: object) => ({ type: 'block-failed', error });

describe('a block', () => {
  it('gives the journey its output, branch and variables', async () => {
    const { result } = outcome({
      run: () => Promise.resolve({ output: { a: 1 }, branchId: 'if', variables: { v: 2 } }),
    });
    expect(await result).toEqual({
      type: 'block-succeeded',
      runId: 'run_1',
      output: { a: 1 },
      branchId: 'if',
      variables: { v: 2 },
      durationMs: 0,
    });
  });

  it('that knows nothing of JSON is told so', async () => {
    const { result } = outcome({ run: () => Promise.resolve({ output: 1n as never }) });
    expect(await result).toMatchObject(failed({ code: 'invalid_output', retryable: false }));
  });

  it.each([
    ['agent', 'A language model is needed, and none is configured here.'],
    ['slack', 'There is no tool here that runs "slack" blocks, which "Probe" needs.'],
  ])('of type %s that nothing runs says what is lacking', async (blockType, message) => {
    const { result } = outcome({ run: () => Promise.reject(new Error('not run')), blockType });
    expect(await result).toMatchObject(failed({ code: 'executor_missing', message }));
  });

  it('that takes too long is told so', async () => {
    const { result } = outcome({ run: () => new Promise(() => undefined) }, {}, 5);
    expect(await result).toMatchObject(failed({ code: 'timeout', retryable: true }));
  });

  it('that sets a shorter limit of its own is told so too', async () => {
    const { result } = outcome({
      run: () => Promise.reject(new DOMException('over', 'TimeoutError')),
    });
    expect(await result).toMatchObject(failed({ code: 'timeout', message: 'It took too long.' }));
  });

  it('tells no secret of the place where secrets are kept', async () => {
    const { log, result } = outcome(
      {
        run: () => Promise.resolve({ output: 1 }),
        secrets: () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:5432')),
      },
      { token: '{{TOKEN}}' },
    );
    expect(await result).toMatchObject(
      failed({
        code: 'secrets_unavailable',
        message: 'The secrets that "Probe" needs could not be read just now.',
        retryable: true,
      }),
    );
    expect(log.error).toHaveBeenCalledOnce();
  });

  it('tells its secrets in no part of a failure, and its code stays', async () => {
    const { result } = outcome(
      {
        run: ({ token = null }) =>
          Promise.reject(
            new BlockFailure({
              code: 'http_error',
              message: `Refused ${typeof token === 'string' ? token : ''}`,
              retryable: false,
              details: { sent: [token], status: 401 },
            }),
          ),
        secrets: () => Promise.resolve({ TOKEN: 'http"quoted' }),
      },
      { token: '{{TOKEN}}' },
    );
    expect(await result).toMatchObject(
      failed({
        code: 'http_error',
        message: 'Refused ***',
        details: { sent: ['***'], status: 401 },
      }),
    );
  });
});
