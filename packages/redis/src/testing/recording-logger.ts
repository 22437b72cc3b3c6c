import type { RedisLogger } from '../connection.js';

/** A logger that keeps its lines as `level: message`. */
export function recordingLogger(): RedisLogger & { readonly lines: string[] } {
  const lines: string[] = [];
  const at =
    (level: string) =>
    (_fields: object, message: string): void =>
      void lines.push(`${level}: ${message}`);
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}
