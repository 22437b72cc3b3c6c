import { defineConfig } from 'vitest/config';

/**
 * Our packages are read from their sources. No `import` here: the list is passed to Node as well, where it
 * would hand ES modules to `require`. Global set-ups run in an environment of their own.
 */
const ssr = { resolve: { conditions: ['source', 'node'] } };

/** They offer their sources under the same condition, which Node cannot run from there and Vite can. */
const server = { deps: { inline: [/@modelcontextprotocol/, /eventsource/] } };

/** Two cores: the pool is bounded, so that tests with servers do not starve one another. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        ssr,
        environments: { __vitest__: ssr },
        test: {
          name: 'unit',
          server,
          include: ['{packages,apps}/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: ['**/*.int.test.ts', '**/*.e2e.test.ts', '**/node_modules/**'],
          // A machine with much to do is slow, not wrong.
          testTimeout: 20_000,
        },
      },
      {
        ssr,
        environments: { __vitest__: ssr },
        test: {
          name: 'int',
          server,
          include: ['{packages,apps}/*/src/**/*.int.test.ts', 'tests/**/*.int.test.ts'],
          globalSetup: ['tests/support/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        ssr,
        environments: { __vitest__: ssr },
        test: {
          name: 'e2e',
          server,
          include: ['tests/**/*.e2e.test.ts'],
          globalSetup: ['tests/support/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
