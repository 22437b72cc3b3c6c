import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hunt, huntingGround, tableOf, type Catch } from './hunt.js';
import { MUTATIONS } from './mutations.js';
import { GROUND } from './write-mutations.js';

describe('the proof of the proof', { timeout: 300_000 }, () => {
  const ground = huntingGround(GROUND.seed, GROUND.cases);
  const catches: Catch[] = [];

  it('finds nothing where no fault is planted', () => {
    const found = ground.slice(0, 150).flatMap((examined) => examined.differences());
    expect(found).toEqual([]);
  });

  it.each(MUTATIONS)('notices: $name', (mutation) => {
    const caught = hunt(mutation, ground);
    catches.push(caught);
    expect(caught.cases, mutation.breaks).not.toBeNull();
    expect(caught.shown).not.toMatch(/^it throws/);
  });

  it('is told of in docs/proof.md', () => {
    console.log(tableOf(catches));
    const page = readFileSync(new URL('../../docs/proof.md', import.meta.url), 'utf8');
    const missing = MUTATIONS.filter(({ breaks }) => !page.includes(breaks));
    expect(missing, 'npm run proof -- --mutations writes them').toEqual([]);
  });
});
