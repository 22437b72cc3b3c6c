// Writes docs/security-lists.md: what is tried against the sandbox and the network, and how each ends.
//
//   node scripts/generate-security-page.mjs           writes it
//   node scripts/generate-security-page.mjs --check   writes nothing; ends with 1 where it differs
//
// It reads the built packages: run it by npm, or after `npm run build`.
import { imported, keepFile } from './lib/generated-file.mjs';

await keepFile(import.meta.url, {
  file: 'docs/security-lists.md',
  parser: 'markdown',
  source: 'the lists',
  text: async () => (await imported('packages/blocks/dist/security/page.js')).securityPage(),
});
