import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@sim/service-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFeatureFlags, DEFAULT_FLAGS, FeatureFlagsError } from './feature-flags.js';

describe('feature flags', () => {
  let dir: string;
  let file: string;
  let lines: string[];
  let clock: number;
  const logger = createLogger({
    service: 'test',
    level: 'info',
    format: 'json',
    destination: { write: (line) => lines.push(line) },
  });
  const write = (content: string) => {
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
  };
  const source = () => createFeatureFlags(file, logger, () => clock);

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'flags-'));
    file = join(dir, 'flags.json');
    lines = [];
    clock = 0;
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const changed = {
    ...DEFAULT_FLAGS,
    realTimeUpdates: { enabled: false, maxConnections: 7 },
  };

  it('are those of the guide without a file', () => {
    expect(createFeatureFlags(undefined, logger).current()).toEqual(DEFAULT_FLAGS);
  });

  it('are read anew when the file changes, without a restart', () => {
    write(JSON.stringify(DEFAULT_FLAGS));
    const flags = source();
    expect(flags.current().realTimeUpdates.enabled).toBe(true);
    write(JSON.stringify(changed));
    clock = 5000;
    expect(flags.current()).toEqual(changed);
    expect(lines.join('')).toContain('read anew');
  });

  it('stay as they were when the file is spoilt or goes away', () => {
    write(JSON.stringify(changed));
    const flags = source();
    write('{"realTimeUpdates":');
    clock = 5000;
    expect(flags.current()).toEqual(changed);
    rmSync(file);
    clock = 10_000;
    expect(flags.current()).toEqual(changed);
    expect(lines.filter((line) => line.includes('stay as they were'))).toHaveLength(2);
  });

  it('name what is wrong with the file at the start', () => {
    expect(source).toThrow(FeatureFlagsError);
    write('{');
    expect(source).toThrow(/FEATURE_FLAGS_FILE .*flags\.json/);
    write(JSON.stringify({ ...DEFAULT_FLAGS, surplus: true }));
    expect(source).toThrow(/surplus: Unknown field/);
  });
});
