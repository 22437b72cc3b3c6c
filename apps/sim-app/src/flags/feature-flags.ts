import { readFileSync, statSync } from 'node:fs';
import { featureFlags, type FeatureFlags } from '@sim/contracts';
import { fieldErrors, type Logger } from '@sim/service-kit';

/** The flags of the deployment guide, without its list of workspaces: all are in. */
export const DEFAULT_FLAGS: FeatureFlags = {
  conversationalWorkflows: { enabled: true, percentage: 100 },
  nlpProviders: {
    openai: { enabled: true, percentage: 80 },
    internal: { enabled: true, percentage: 20 },
  },
  realTimeUpdates: { enabled: true, maxConnections: 5000 },
};

/** `FEATURE_FLAGS_FILE` cannot be read or does not hold flags. */
export class FeatureFlagsError extends Error {
  readonly file: string;

  constructor(file: string, why: string, cause?: unknown) {
    super(`FEATURE_FLAGS_FILE ${file}: ${why}`, cause === undefined ? undefined : { cause });
    this.name = 'FeatureFlagsError';
    this.file = file;
  }
}

/** Flags that are read anew when their file changes. */
export interface FeatureFlagSource {
  current(): FeatureFlags;
}

/** The file is looked at this often at most. */
const LOOK_AGAIN_MS = 2000;

/**
 * The flags of a file, or the defaults without one. A file that is spoilt later leaves the flags as
 * they were, and the log says so.
 * @throws {FeatureFlagsError} where the file is bad from the start.
 */
export function createFeatureFlags(
  file: string | undefined,
  logger: Logger,
  now: () => number = Date.now,
): FeatureFlagSource {
  if (file === undefined) return { current: () => DEFAULT_FLAGS };
  let stamp = stampOf(file);
  let flags = readFlags(file);
  let lookAt = now() + LOOK_AGAIN_MS;
  return {
    current: () => {
      if (now() < lookAt) return flags;
      lookAt = now() + LOOK_AGAIN_MS;
      const seen = stampOf(file);
      if (seen === stamp) return flags;
      stamp = seen;
      try {
        flags = readFlags(file);
        logger.info({ file }, 'feature flags were read anew');
      } catch (err) {
        logger.error({ err, file }, 'feature flags stay as they were: the file is not usable');
      }
      return flags;
    },
  };
}

/** What changes with every change of the file. */
function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? 'absent' : `${found.mtimeMs} ${found.size} ${found.ino}`;
}

function readFlags(file: string): FeatureFlags {
  const result = featureFlags.safeParse(readJson(file));
  if (result.success) return result.data;
  const errors = fieldErrors(result.error).map(({ path, message }) => `${path}: ${message}`);
  throw new FeatureFlagsError(file, errors.join('; '));
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unreadable';
    throw new FeatureFlagsError(file, why, error);
  }
}
