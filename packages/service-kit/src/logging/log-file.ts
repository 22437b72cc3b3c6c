import { mkdirSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import buildRollingFile from 'pino-roll';

/** Lines that wait for the file to open; beyond it the oldest are dropped. */
const MAX_WAITING_LINES = 10_000;
/** A file of 50 MB, 10 of them kept: a log never takes more than half a gigabyte. */
const ROTATION = {
  size: '50m',
  frequency: 'daily',
  limit: { count: 9, removeOtherLogFiles: true },
};
/** pino-roll keeps this link on the file being written. */
const LINK_OF_LIBRARY = 'current.log';
const FILE_NAME = 'application.log';

interface RollingFile {
  write(line: string): unknown;
  flushSync(): void;
  end(): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** A destination for log lines that rotates its file. */
export interface LogFile {
  write(line: string): void;
  flushSync(): void;
  /** Resolves once every line is on disk. */
  close(): Promise<void>;
}

/**
 * Writes lines to `application.log` in a folder, rotated daily and at 50 MB. `application.log` is
 * a link to the file being written (`application.<n>.log`), so that `tail -F` follows it across
 * rotations. A folder that cannot be written or a full disk costs lines of this file, never the
 * service: `onError` learns of it and standard output has the line.
 */
export function openLogFile(dir: string, onError: (error: Error) => void): LogFile {
  let waiting: string[] = [];
  let file: RollingFile | undefined;
  const opened = open(dir, onError).then(
    (ready) => {
      file = ready;
      for (const line of waiting) ready.write(line);
      waiting = [];
    },
    (error: unknown) => onError(error instanceof Error ? error : new LogFileError(error)),
  );
  return {
    write: (line) => {
      if (file !== undefined) file.write(line);
      else if (waiting.push(line) > MAX_WAITING_LINES) waiting.shift();
    },
    flushSync: () => flushQuietly(file, onError),
    close: async () => {
      await opened;
      if (file !== undefined) await end(file);
    },
  };
}

/** The log file failed with something that is no error. */
class LogFileError extends Error {
  constructor(cause: unknown) {
    super('The log file cannot be opened.', { cause });
    this.name = 'LogFileError';
  }
}

async function open(dir: string, onError: (error: Error) => void): Promise<RollingFile> {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, FILE_NAME);
  const file: RollingFile = await buildRollingFile({ file: path, symlink: true, ...ROTATION });
  file.on('error', onError);
  linkTo(LINK_OF_LIBRARY, path);
  return file;
}

/** Points `application.log` at the library's link; a plain file of that name is left alone. */
function linkTo(target: string, path: string): void {
  try {
    if (readlinkSync(path) === target) return;
    unlinkSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EINVAL') return;
    if (code !== 'ENOENT') throw error;
  }
  symlinkSync(target, path);
}

function flushQuietly(file: RollingFile | undefined, onError: (error: Error) => void): void {
  try {
    file?.flushSync();
  } catch (error) {
    if (error instanceof Error) onError(error);
  }
}

function end(file: RollingFile): Promise<void> {
  return new Promise((resolve) => {
    file.once('close', resolve);
    file.end();
  });
}
