import { journeyConversation } from './journey-conversation.js';
import { runChat } from './run-chat.js';

const { stdin, stdout, stderr, env } = process;

const secrets = Object.fromEntries(
  Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);

process.exitCode = await runChat(process.argv.slice(2), {
  folder: process.cwd(),
  terminal: {
    input: stdin,
    output: stdout,
    interactive: stdin.isTTY && stdout.isTTY,
    colours: stdout.isTTY && env['NO_COLOR'] === undefined,
  },
  err: (text) => stderr.write(text),
  converse: (journey) => journeyConversation(journey, secrets),
});
