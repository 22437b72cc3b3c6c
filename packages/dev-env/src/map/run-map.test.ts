import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadJourney } from '../workflow-file/load.js';
import { runMap } from './run-map.js';

const ROOT = join(import.meta.dirname, '../../../..');
const CORPUS = join(ROOT, '../shared/workflows');

async function map(...args: string[]) {
  const written = { out: '', err: '' };
  const code = await runMap(args, ROOT, {
    out: (text) => (written.out += text),
    err: (text) => (written.err += text),
  });
  return { code, ...written };
}

describe('npm run map', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sim-map-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('prints the journey alone on the output, and the rest beside it', async () => {
    const { code, out, err } = await map('samples/refund.json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      name: 'Refund',
      initial: expect.stringMatching(/^st_/),
    });
    expect(err).toMatch(/Refund: \d+ states, \d+ transitions; .*mapped in [\d.]+ ms\n$/);
  });

  it('prints a diagram', async () => {
    const { code, out } = await map('samples/refund.json', '--format', 'mermaid');
    expect(code).toBe(0);
    expect(out).toMatch(/^stateDiagram-v2\n/);
    expect(out).toContain('Manager approval');
  });

  it('prints machines of XState', async () => {
    const { code, out } = await map('samples/refund.json', '--format', 'xstate');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ config: { id: 'journey' }, machines: {} });
  });

  it('links the workflows that are named beside it, by the names of their files', async () => {
    const block = (id: string, type: string, subBlocks = {}) => ({ id, type, name: id, subBlocks });
    const parent = {
      blocks: {
        s: block('s', 'starter'),
        call: block('call', 'workflow', { workflowId: { value: 'kid' } }),
      },
      edges: [{ id: 'e', source: 's', target: 'call' }],
    };
    await writeFile(join(dir, 'parent.json'), JSON.stringify(parent));
    await writeFile(
      join(dir, 'kid.json'),
      JSON.stringify({ blocks: { k: block('k', 'starter') }, edges: [] }),
    );
    const alone = await map(join(dir, 'parent.json'));
    expect(alone.err).toContain('child_workflow_missing');
    const linked = await map(join(dir, 'parent.json'), join(dir, 'kid.json'));
    expect(linked.err).not.toContain('child_workflow_missing');
    expect(JSON.parse(linked.out)).toMatchObject({ children: [{ workflowId: 'kid' }] });
  });

  it('prints a summary, and nothing beside it', async () => {
    const { code, out, err } = await map('samples/refund.json', '--format', 'text');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Refund\n {2}file +samples\/refund.json\n {2}coverage +100 %: /);
  });

  it('prints a summary of what is no workflow, and ends with 1', async () => {
    await writeFile(join(dir, 'list.json'), '[1, 2]');
    const { code, out } = await map(join(dir, 'list.json'), '--format', 'text');
    expect(code).toBe(1);
    expect(out).toMatch(/^No journey\n[\s\S]+✗ error \w+[\s\S]+→ /);
  });

  it('ends with 1 where there is no workflow, and says why', async () => {
    await writeFile(join(dir, 'list.json'), '[1, 2]');
    const { code, out, err } = await map(join(dir, 'list.json'));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/✗ error \w+[\s\S]+→ /);
  });

  it('ends with 2 where it is used wrongly or the file cannot be read', async () => {
    expect(await map()).toMatchObject({ code: 2, err: expect.stringContaining('Usage:') });
    expect(await map('gone.json')).toMatchObject({
      code: 2,
      err: 'gone.json: there is no such file\n',
    });
  });
});

describe('the samples', () => {
  it.each(['refund', 'delivery', 'lookup', 'onboarding', 'catering'])(
    '%s maps without a complaint',
    async (name) => {
      const { journey, issues } = await loadJourney(`samples/${name}.json`, ROOT);
      expect(issues.filter(({ severity }) => severity !== 'info')).toEqual([]);
      expect(journey?.initial).not.toBeNull();
    },
  );
});

describe.skipIf(!existsSync(CORPUS))(
  'real workflows (needs the corpus beside the checkout)',
  () => {
    const files = existsSync(CORPUS)
      ? readdirSync(CORPUS).filter((name) => name.endsWith('.json'))
      : [];

    it.each(files)('%s maps, or is refused with a reason', async (name) => {
      const { journey, issues } = await loadJourney(name, CORPUS);
      const errors = issues.filter(({ severity }) => severity === 'error');
      expect(journey !== null || errors.length > 0).toBe(true);
      expect(issues.every(({ message, hint }) => message !== '' && hint !== '')).toBe(true);
    });
  },
);
