import { join, resolve } from 'node:path';
import { MemoryBus } from '@sim/memory';
import { startConversationService } from './conversation-service.js';
import { migrate } from './migrate.js';
import { runStart } from './run-start.js';
import { startSimApp } from './sim-app.js';

/** Both services run in this process: what one does, the other hears of at once. */
const bus = new MemoryBus();
const root = resolve(import.meta.dirname, '../../../..');

process.exitCode = await runStart(process.argv.slice(2), {
  env: process.env,
  folder: root,
  samplesDir: join(root, 'samples'),
  services: {
    migrate,
    conversationService: (env) => startConversationService(env, bus),
    simApp: (env) => startSimApp(env, bus),
  },
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  signals: process,
  exit: (code) => process.exit(code),
});
