import pino, { type Logger as PinoLogger } from 'pino';
import pretty from 'pino-pretty';
import type { LogSettings } from '../config/service-settings.js';
import { openLogFile, type LogFile } from './log-file.js';
import { redact } from './redact.js';

/** The logger of the services: pino's. Levels are words, times ISO 8601. */
export type Logger = PinoLogger;

/** Options of {@link createLogger}. */
export interface LoggerOptions extends LogSettings {
  /** The service's name, on every line. */
  readonly service: string;
  readonly version?: string;
  /** Where lines go, instead of standard output. */
  readonly destination?: { write(line: string): unknown };
}

const files = new WeakMap<Logger, LogFile>();

/**
 * A logger that writes JSON lines (or readable ones) to standard output and, where `dir` is set,
 * JSON lines to the rotated `application.log` in it. Secrets and people's texts are redacted
 * wherever they stand in a logged object.
 */
export function createLogger(options: LoggerOptions): Logger {
  const output = options.destination ?? process.stdout;
  const shown = options.format === 'pretty' ? prettyStream(output) : plainStream(output);
  const file = options.dir === undefined ? undefined : openLogFile(options.dir, reportTo(shown));
  const streams = [shown, ...(file === undefined ? [] : [file])];
  const logger = pino(
    {
      level: options.level,
      base: { service: options.service, ...(options.version && { version: options.version }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label }), log: redact },
      serializers: { err: serializeError, error: serializeError },
    },
    // Every stream takes every line that the logger lets through.
    pino.multistream(streams.map((stream) => ({ stream, level: 'trace' }))),
  );
  redactChildren(logger);
  if (file !== undefined) files.set(logger, file);
  return logger;
}

/** Writes what is left to the log file and closes it; the logger goes on to standard output. */
export async function closeLogger(logger: Logger): Promise<void> {
  await files.get(logger)?.close();
}

type MakeChild = (this: Logger, bindings: object, options?: object) => Logger;

/** pino's formatters do not see what a child is bound to; children of children inherit this. */
function redactChildren(logger: Logger): void {
  const makeChild = Reflect.get(logger, 'child') as unknown as MakeChild;
  const child: MakeChild = function (bindings, options) {
    return makeChild.call(this, redact(bindings), options);
  };
  Object.defineProperty(logger, 'child', { value: child });
}

function plainStream(output: { write(line: string): unknown }): { write(line: string): void } {
  return { write: (line) => void output.write(line) };
}

function prettyStream(output: { write(line: string): unknown }): { write(line: string): void } {
  const prettify = pretty.prettyFactory({
    messageKey: 'message',
    colorize: output === process.stdout && process.stdout.isTTY,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,service,version',
  });
  return { write: (line) => void output.write(prettify(line)) };
}

/** A failing log file is told of once a minute at most, on the other stream. */
function reportTo(shown: { write(line: string): void }): (error: Error) => void {
  const quietMs = 60_000;
  let lastAt = -Infinity;
  return (error) => {
    const now = Date.now();
    if (now - lastAt < quietMs) return;
    lastAt = now;
    const line = { level: 'error', time: new Date(now).toISOString(), message: LOG_FILE_FAILED };
    shown.write(`${JSON.stringify({ ...line, reason: error.message })}\n`);
  };
}

const LOG_FILE_FAILED = 'The log file cannot be written; lines go to standard output alone';

/** An error's fields may carry what the log must not, such as the row of a failed INSERT. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return redact({ ...pino.stdSerializers.err(error) });
}
