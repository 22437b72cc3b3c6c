import { join, resolve } from 'node:path';
import { startConversationService } from './conversation-service.js';
import { migrate } from './migrate.js';
import { runStart } from './run-start.js';
import { startSimApp } from './sim-app.js';

const root = resolve(import.meta.dirname, '../../../..');

process.exitCode = await runStart(process.argv.slice(2), {
  env: process.env,
  folder: root,
  samplesDir: join(root, 'samples'),
  services: { migrate, conversationService: startConversationService, simApp: startSimApp },
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  signals: process,
  exit: (code) => process.exit(code),
});
