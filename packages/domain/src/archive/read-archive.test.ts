import { utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { zipSync, type Zippable } from 'fflate';
import { describe, expect, it } from 'vitest';
import { parseWorkflow } from '../workflow/parse-workflow.js';
import { block, codes, uiExport } from '../workflow/testing/exports.js';
import { ARCHIVE_LIMITS, readArchive } from './read-archive.js';

const json = (value: unknown) => utf8ToBytes(JSON.stringify(value));
const workflow = json({ blocks: [{ id: 'a', type: 'api', name: 'A' }], edges: [] });
const zip = (files: Zippable) => zipSync(files);

const found = (bytes: Uint8Array) => {
  const { workflows, issues } = readArchive(bytes);
  return { paths: workflows.map(({ path }) => path), codes: codes(issues), issues };
};

/** The archive with other bytes where its central directory describes the only entry. */
function forged(bytes: Uint8Array, change: (central: DataView, end: DataView) => void): Uint8Array {
  const copy = bytes.slice();
  const end = new DataView(copy.buffer, copy.length - 22);
  change(new DataView(copy.buffer, end.getUint32(16, true)), end);
  return copy;
}

describe('an archive', () => {
  it('gives its workflows, from any folder, and nothing of what describes it', () => {
    const document = uiExport([block('a', 'api')]);
    const { workflows, issues } = readArchive(
      zip({
        'Refund order.json': json(document),
        '_workspace.json': json({ name: 'W' }),
        'Sales/_folder.json': json({ name: 'Sales' }),
        'Sales/Deep/Über.JSON': workflow,
        'Sales/Empty/': new Uint8Array(),
        '__MACOSX/Refund order.json': workflow,
        'Sales/.DS_Store': workflow,
      }),
    );
    expect(issues).toEqual([]);
    expect(workflows.map(({ path, name }) => [path, name])).toEqual([
      ['Refund order.json', 'Refund order'],
      ['Sales/Deep/Über.JSON', 'Über'],
    ]);
    expect(workflows[0]?.document).toEqual(document);
    expect(workflows[1]?.bytes).toEqual(workflow);
  });

  it('may be stored, and may have something before it', () => {
    expect(found(zipSync({ 'a.json': workflow }, { level: 0 })).paths).toEqual(['a.json']);
    const inner = zip({ 'a.json': workflow });
    const commented = new Uint8Array([...inner, 0x21, 0x21]);
    new DataView(commented.buffer).setUint16(inner.length - 2, 2, true);
    expect(found(commented).paths).toEqual(['a.json']);
  });

  it('leaves out what is no workflow file, and says so', () => {
    const inner = zip({ 'a.json': workflow });
    const { paths, codes: all } = found(
      zip({ 'in.zip': inner, 'x.yaml': workflow, 'b.json': workflow }),
    );
    expect(paths).toEqual(['b.json']);
    expect(all).toEqual(['archive_file_ignored', 'archive_file_ignored']);
  });

  it('without a workflow is told', () => {
    expect(found(zip({})).codes).toEqual(['archive_empty']);
    expect(found(zip({ '_folder.json': workflow })).codes).toEqual(['archive_empty']);
  });

  it.each([
    '/etc/x.json',
    '../x.json',
    'a/../../x.json',
    'a\\x.json',
    'C:x.json',
    'c:/x.json',
    'x\0.json',
    '..',
  ])('may not hold the path %j', (path) => {
    const { paths, issues } = found(zip({ [path]: workflow, 'ok.json': workflow }));
    expect(paths).toEqual(['ok.json']);
    expect(issues).toMatchObject([{ code: 'archive_file_refused' }]);
    expect(issues[0]?.message).toContain('leads out of the archive');
  });

  it('may hold a path once', () => {
    const bytes = zip({ 'a.json': workflow, 'b.json': json({ x: 1 }) });
    const twice = bytes.map((byte, at) => {
      const before = String.fromCharCode(...bytes.subarray(at, at + 6));
      return before === 'b.json' ? 0x61 : byte;
    });
    const { workflows, issues } = readArchive(twice);
    expect(workflows.map(({ bytes: content }) => content)).toEqual([workflow]);
    expect(issues[0]?.message).toBe(
      'The file "a.json" stands there a second time; it is left out.',
    );
  });

  it('may hold what is no JSON; the rest is read', () => {
    const files = {
      'a.json': utf8ToBytes('{'),
      'b.json': new Uint8Array([0xff]),
      'c.json': workflow,
    };
    const { paths, issues } = found(zip(files));
    expect(paths).toEqual(['c.json']);
    expect(issues.map(({ path, message }) => [path, message])).toEqual([
      ['a.json', 'The file "a.json" is no JSON; it is left out.'],
      ['b.json', 'The file "b.json" is no UTF-8 text; it is left out.'],
    ]);
  });
});

describe('an archive that lies', () => {
  const one = zip({ 'a.json': workflow });

  it.each<[string, string, (central: DataView) => void]>([
    ['is encrypted', 'archive_file_refused', (c) => c.setUint16(8, 1, true)],
    ['unknown method', 'archive_file_refused', (c) => c.setUint16(10, 99, true)],
    ['checksum', 'archive_file_refused', (c) => c.setUint32(16, 1, true)],
    ['truncated or broken', 'archive_file_refused', (c) => c.setUint32(20, 5, true)],
    ['truncated or broken', 'archive_file_refused', (c) => c.setUint32(20, 4_000_000, true)],
    ['truncated or broken', 'archive_file_refused', (c) => c.setUint32(42, 4_000_000, true)],
    ['truncated or broken', 'archive_file_refused', (c) => c.setUint32(42, 3, true)],
    ['truncated or broken', 'archive_file_refused', (c) => c.setUint16(10, 0, true)],
    ['truncated or broken', 'archive_file_refused', (c) => c.setUint32(24, 9999, true)],
    ['more than it claims', 'unpacks_too_large', (c) => c.setUint32(24, 5, true)],
    ['more than 10 MB', 'unpacks_too_large', (c) => c.setUint32(24, 4_000_000_000, true)],
    ['more than 200 times', 'unpacks_too_large', (c) => c.setUint32(24, 9_000_000, true)],
  ])('is found out: %s (%s)', (part, code, change) => {
    const { paths, issues } = found(forged(one, change));
    expect(paths).toEqual([]);
    expect(issues).toMatchObject([{ code, path: 'a.json' }]);
    expect(issues[0]?.message).toContain(part);
  });

  it.each<[string, (central: DataView, end: DataView) => void]>([
    ['more entries than there are', (_c, end) => end.setUint16(10, 7, true)],
    ['a directory beyond the end', (_c, end) => end.setUint32(16, 4_000_000_000, true)],
    ['a directory that is none', (_c, end) => end.setUint32(16, 0, true)],
    ['a name beyond the end', (central) => central.setUint16(28, 60_000, true)],
  ])('is not read: %s', (_name, change) => {
    expect(found(forged(one, change)).codes).toEqual(['archive_invalid']);
  });

  it('is not read where it is cut off, wherever that is', () => {
    for (let length = 4; length < one.length; length += 7) {
      expect(found(one.subarray(0, length)).codes).toEqual(['archive_invalid']);
    }
  });
});

describe('a bomb', () => {
  const blanks = new Uint8Array(9 * 1024 * 1024).fill(0x20);

  it('of one file is refused by what it claims', () => {
    const { paths, issues } = found(zip({ 'a.json': blanks }));
    expect(paths).toEqual([]);
    expect(issues).toMatchObject([{ code: 'unpacks_too_large' }]);
  });

  it('of one file that claims little is refused by what comes out', () => {
    const bytes = forged(zip({ 'a.json': blanks }), (central) => central.setUint32(24, 100, true));
    expect(found(bytes).codes).toEqual(['unpacks_too_large']);
  });

  it('of many files ends at 50 MB, at 500 files', () => {
    const large = json(' '.repeat(9_000_000));
    const files = Object.fromEntries(Array.from({ length: 7 }, (_, n) => [`${n}.json`, large]));
    const { paths, issues } = found(zipSync(files, { level: 0 }));
    expect(paths).toHaveLength(5);
    expect(issues.map(({ path }) => path)).toEqual(['5.json', '6.json']);
    expect(issues[0]?.message).toContain('50 MB');
    const many = Object.fromEntries(
      Array.from({ length: ARCHIVE_LIMITS.entries + 1 }, (_, n) => [`${n}.json`, workflow]),
    );
    const counted = found(zip(many));
    expect(counted.paths).toHaveLength(ARCHIVE_LIMITS.entries);
    expect(counted.codes).toEqual(['unpacks_too_large']);
  });
});

describe('an archive as a workflow', () => {
  it('of one file is that workflow, named by its file where it has no name', () => {
    const bytes = zip({ 'In/My flow.json': workflow, '_workspace.json': json({}) });
    expect(parseWorkflow(bytes)).toMatchObject({
      workflow: { envelope: 'zip', name: 'My flow', blocks: [{ id: 'a' }] },
      issues: [],
    });
    const named = zip({ 'x.json': json(uiExport([block('a', 'api')])), 'notes.txt': workflow });
    const { workflow: read, issues } = parseWorkflow(named);
    expect(read?.name).toBe('Orders');
    expect(codes(issues)).toEqual(['archive_file_ignored']);
  });

  it('of several files names them', () => {
    const { workflow: read, issues } = parseWorkflow(
      zip({ 'a.json': workflow, 'b.json': workflow }),
    );
    expect(read).toBeNull();
    expect(issues).toMatchObject([{ code: 'archive_several_workflows' }]);
    expect(issues[0]?.message).toContain('"a.json", "b.json"');
  });

  it('of nothing readable says why', () => {
    const { workflow: read, issues } = parseWorkflow(zip({ 'a.json': utf8ToBytes('{') }));
    expect(read).toBeNull();
    expect(codes(issues)).toEqual(['archive_file_refused']);
    expect(codes(parseWorkflow(zip({ 'a.json': json({}) })).issues)).toEqual(['not_a_workflow']);
  });
});

describe('whatever bytes come in', () => {
  const archive = zip({ 'a.json': workflow, 'b/c.json': json(uiExport([block('a', 'api')])) });
  const head = fc.constantFrom(
    [],
    [0x50, 0x4b, 3, 4],
    [0x50, 0x4b, 5, 6],
    [0x7b],
    [0x61, 0x3a, 0x20],
  );

  it('gives a workflow or issues, never an error', () => {
    fc.assert(
      fc.property(head, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        const { workflow: read, issues } = parseWorkflow(Uint8Array.from([...start, ...rest]));
        expect(read !== null || issues.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('mutated archives among them', () => {
    const mutation = fc.record({ at: fc.nat(archive.length - 1), byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 8 }), (mutations) => {
        const bytes = archive.slice();
        for (const { at, byte } of mutations) bytes[at] = byte;
        const { workflows, issues } = readArchive(bytes);
        expect(workflows.length + issues.length).toBeGreaterThan(0);
        for (const { path } of workflows) expect(path.split('/')).not.toContain('..');
        for (const { message } of issues) expect(message).toMatch(/\.$/);
      }),
      { numRuns: 1000 },
    );
  });
});
