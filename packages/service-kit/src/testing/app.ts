import express, { type Express, type RequestHandler, type Router } from 'express';
import { createLogger, type Logger } from '../logging/logger.js';
import { requestLogging } from '../logging/request-logging.js';
import { notFoundHandler, problemHandler, type ErrorMapper } from '../problems/problem-handler.js';

/** A line of the log, as JSON. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A logger whose lines are kept. */
export function recordingLogger(level: 'debug' | 'info' = 'debug'): {
  readonly logger: Logger;
  readonly lines: LogLine[];
} {
  const lines: LogLine[] = [];
  const destination = { write: (line: string) => lines.push(JSON.parse(line) as LogLine) };
  return { logger: createLogger({ service: 'test', level, format: 'json', destination }), lines };
}

/** An app as the services build theirs: logging first, problems last, `handlers` between. */
export function testApp(
  handlers: readonly (RequestHandler | Router)[],
  options: { readonly logger?: Logger; readonly mappers?: readonly ErrorMapper[] } = {},
): Express {
  const app = express();
  app.use(requestLogging(options.logger ?? recordingLogger().logger));
  for (const handler of handlers) app.use(handler);
  app.use(notFoundHandler());
  app.use(
    problemHandler({
      docsBase: 'https://docs.example.com/errors/',
      ...(options.mappers !== undefined && { mappers: options.mappers }),
    }),
  );
  return app;
}
