import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { gapsOf, parseWorkflow, type Block } from '@sim/domain';

const corpus = fileURLToPath(new URL('../../shared/workflows/', import.meta.url));
const isThere = existsSync(corpus);
if (!isThere) console.warn(`Skipped: there is no corpus of real workflows at ${corpus}`);
const files = isThere ? readdirSync(corpus).filter((name) => name.startsWith('sim-landing-')) : [];

const blocksOf = (file: string): readonly Block[] => {
  const raw: unknown = JSON.parse(readFileSync(`${corpus}${file}`, 'utf8'));
  return parseWorkflow(raw).workflow?.blocks ?? [];
};

const gaps = (file: string) => blocksOf(file).map((block) => ({ block, ...gapsOf(block) }));

const askedIn = (file: string) =>
  gaps(file).flatMap(({ block, slots }) =>
    slots.filter(({ required }) => required).map(({ name }) => `${block.name}.${name}`),
  );

describe.skipIf(!isThere)('the gaps of real exports', () => {
  it.each(files)('%s lacks something, and nothing secret is asked for', (file) => {
    const found = gaps(file);
    const count = found.flatMap(({ slots, secrets, authors }) => [
      ...slots,
      ...secrets,
      ...authors,
    ]);
    const asked = askedIn(file);
    console.info(`${file}: ${count.length} gaps, asked: ${asked.join(', ') || 'none'}`);
    // The one that only talks has an agent whose key is the server's.
    if (!file.includes('knowledge-base-qa')) expect(count.length).toBeGreaterThan(0);
    expect(asked.length).toBeLessThanOrEqual(5);
    for (const name of asked) expect(name).not.toMatch(/credential|token|key|secret|password/i);
  });

  it('are those that the drawings leave open', () => {
    expect(askedIn('sim-landing-competitor-monitor.json')).toEqual(['slackNotify.channel']);
    expect(askedIn('sim-landing-pr-review.json')).toEqual(['slacknotify.channel']);
    expect(askedIn('sim-landing-meeting-followup-agent.json')).toEqual([]);
    expect(askedIn('sim-landing-brand-mention.json')).toEqual([]);
  });
});
