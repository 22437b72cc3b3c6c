import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const tests = ['**/*.test.ts', 'tests/**/*.ts'];

/** What each layer may import of our own packages (docs/architecture.md, "Direction"). */
const layers = {
  domain: [],
  contracts: ['domain'],
  engine: ['domain'],
  blocks: ['domain', 'engine'],
  nlu: ['domain'],
  postgres: ['domain', 'engine'],
  redis: ['domain', 'engine'],
  memory: ['domain', 'engine'],
  'service-kit': [],
};

const everyPackage = [...Object.keys(layers), 'dev-env', 'sim-app', 'conversation-service'];

const deepImports = {
  group: ['@sim/*/*'],
  message: 'Import what the package exports, not a file inside it.',
};

const boundaries = Object.entries(layers).map(([name, allowed]) => ({
  files: [`packages/${name}/src/**/*.ts`],
  ignores: tests,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          deepImports,
          {
            group: everyPackage.filter((p) => !allowed.includes(p)).map((p) => `@sim/${p}`),
            message: `packages/${name} may import only: ${allowed.join(', ') || 'nothing of ours'}.`,
          },
          ...(name === 'domain'
            ? [
                {
                  group: ['node:*', 'pg', 'ioredis', 'express', 'zod'],
                  message: 'The domain is pure: no node:*, driver or framework.',
                },
              ]
            : []),
        ],
      },
    ],
  },
}));

const appsStandAlone = ['sim-app', 'conversation-service'].map((app) => ({
  files: [`apps/${app}/src/**/*.ts`],
  ignores: tests,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          deepImports,
          {
            group: ['@sim/dev-env', '@sim/sim-app', '@sim/conversation-service'],
            message: 'Apps never import each other; they talk over HTTP and events.',
          },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.data/**', '**/coverage/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['vitest.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver({ conditionNames: ['source'] })],
    },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 20],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: true },
      ],
    },
  },
  ...boundaries,
  ...appsStandAlone,
  {
    files: tests,
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
);
