/** Files that a program writes and the repository keeps: each script fails where they differ. */
export const GENERATED = [
  { name: 'error pages', script: 'scripts/generate-error-pages.mjs', args: ['--check'] },
  { name: 'construct page', script: 'scripts/generate-construct-page.mjs', args: ['--check'] },
  { name: 'security page', script: 'scripts/generate-security-page.mjs', args: ['--check'] },
  { name: 'journey schema', script: 'scripts/generate-journey-schema.mjs', args: ['--check'] },
  {
    name: 'schema.sql',
    script: 'packages/dev-env/dist/with-database/main.js',
    args: ['temporary', 'packages/postgres/dist/cli/schema.js', '--check'],
  },
];
