import { defineConfig } from 'vitest/config';

const ssr = { resolve: { conditions: ['source', 'node', 'import', 'default'] } };

/** Two cores: the pool is bounded, so that tests with servers do not starve one another. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        ssr,
        test: {
          name: 'unit',
          include: ['{packages,apps}/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: ['**/*.int.test.ts', '**/*.e2e.test.ts', '**/node_modules/**'],
        },
      },
      {
        ssr,
        test: {
          name: 'int',
          include: ['{packages,apps}/*/src/**/*.int.test.ts', 'tests/**/*.int.test.ts'],
          globalSetup: ['tests/support/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        ssr,
        test: {
          name: 'e2e',
          include: ['tests/**/*.e2e.test.ts'],
          globalSetup: ['tests/support/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
