// Writes docs/journey.schema.json, the JSON schema of an exported journey, from the contracts.
//
//   node scripts/generate-journey-schema.mjs           writes it
//   node scripts/generate-journey-schema.mjs --check   writes nothing; ends with 1 where it differs
//
// It reads the built packages: run it by npm, or after `npm run build`.
import { imported, keepFile } from './lib/generated-file.mjs';

await keepFile(import.meta.url, {
  file: 'docs/journey.schema.json',
  parser: 'json',
  source: 'the contracts',
  text: async () => {
    const { journeyJsonSchema } = await imported('packages/contracts/dist/index.js');
    return JSON.stringify(journeyJsonSchema());
  },
});
