import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readWorkflowFile, WorkflowFileError } from './read.js';

describe('a workflow file', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sim-file-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('is read relative to a folder, with or without a byte order mark', async () => {
    await writeFile(join(dir, 'a.json'), '\uFEFF{"state":{"blocks":{}}}');
    expect(await readWorkflowFile('a.json', dir)).toEqual({ state: { blocks: {} } });
    expect(await readWorkflowFile(join(dir, 'a.json'), '/')).toEqual({ state: { blocks: {} } });
  });

  it('is named where it is missing, a folder or no JSON', async () => {
    await writeFile(join(dir, 'broken.json'), '{"state":');
    await expect(readWorkflowFile('gone.json', dir)).rejects.toThrow(
      'gone.json: there is no such file',
    );
    await expect(readWorkflowFile('.', dir)).rejects.toThrow('.: is a folder');
    await expect(readWorkflowFile('broken.json', dir)).rejects.toThrow('broken.json: is not JSON');
    await expect(readWorkflowFile('broken.json', dir)).rejects.toBeInstanceOf(WorkflowFileError);
  });

  it('is refused above 10 MB', async () => {
    await writeFile(join(dir, 'big.json'), `"${'x'.repeat(10 * 1024 * 1024)}"`);
    await expect(readWorkflowFile('big.json', dir)).rejects.toThrow('larger than 10 MB');
  });
});
