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

  it('may be YAML or a ZIP archive', async () => {
    const yaml = "version: '1.0'\nblocks: {}\n";
    for (const name of ['a.yaml', 'b.YML', 'c.txt']) {
      await writeFile(join(dir, name), `\uFEFF${yaml}`);
      expect(await readWorkflowFile(name, dir)).toBe(yaml);
    }
    await writeFile(join(dir, 'd.json'), yaml);
    await expect(readWorkflowFile('d.json', dir)).rejects.toThrow('d.json: is not JSON');
    const archive = Buffer.from('PK\u0003\u0004rest');
    for (const name of ['e.zip', 'f.bin']) {
      await writeFile(join(dir, name), archive);
      expect(await readWorkflowFile(name, dir)).toEqual(new Uint8Array(archive));
    }
  });

  it('is refused above 10 MB', async () => {
    await writeFile(join(dir, 'big.json'), `"${'x'.repeat(10 * 1024 * 1024)}"`);
    await expect(readWorkflowFile('big.json', dir)).rejects.toThrow('larger than 10 MB');
  });
});
