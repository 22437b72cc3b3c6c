import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { freePort } from '../net/ports.js';
import { journeyConversation } from './journey-conversation.js';
import { runChat } from './run-chat.js';

const ROOT = join(import.meta.dirname, '../../../..');

async function chat(sample: string, ...typed: string[]) {
  const input = new PassThrough();
  const output = new PassThrough();
  let text = '';
  output.on('data', (chunk: Buffer) => (text += chunk.toString()));
  input.end(`${typed.join('\n')}\n`);
  const code = await runChat([`samples/${sample}.json`], {
    folder: ROOT,
    terminal: { input, output, interactive: false, colours: false },
    err: (line) => (text += line),
    converse: (journey) => journeyConversation(journey, {}),
  });
  // How labels are written is the voice's affair.
  return { code, text: text.toLowerCase() };
}

describe('the samples, talked through', () => {
  it('refund: a large one is approved by a person', async () => {
    const { code, text } = await chat(
      'refund',
      'A-1042',
      '250',
      'it arrived broken',
      'yes',
      'skip',
    );
    expect(text).toContain('approve this refund');
    expect(text).toMatch(/order: a-1042, decision: approved, amount: 250\n$/);
    expect(code).toBe(0);
  });

  it('refund: a large one is declined, and nothing is paid', async () => {
    const { text } = await chat('refund', 'A-1042', '250', 'it arrived broken', 'no', 'skip');
    expect(text).toMatch(/decision: declined, amount: 0\n$/);
  });

  it('refund: a small one needs nobody', async () => {
    const { text } = await chat('refund', 'A-7', '80', 'wrong size');
    expect(text).not.toContain('approve this');
    expect(text).toMatch(/decision: approved, amount: 80\n$/);
  });

  it('delivery: works its price out', async () => {
    const answers = ['books', '3', '5 Main Street, Springfield', 'tomorrow', 'yes'];
    const { code, text } = await chat('delivery', ...answers);
    expect(text).toMatch(/date: \d{4}-\d\d-\d\d.*price: 57\.5\n$/);
    expect(code).toBe(0);
  });

  it('look-up: stays friendly where nothing answers', async () => {
    const { code, text } = await chat('lookup', `http://127.0.0.1:${await freePort()}/version`);
    expect(text).toMatch(/found: no.*did not answer.*please check the address/);
    expect(code).toBe(0);
  });

  it('onboarding: waits, and gathers what its branches did', async () => {
    const { code, text } = await chat('onboarding', 'Ada Lovelace', 'engineering', 'next Monday');
    expect(text).toContain('email: ada.lovelace@example.com');
    expect(text).toContain('equipment: workstation, two screens, headphones');
    expect(code).toBe(0);
  });

  it('catering: asks about each guest by name, and which way to go', async () => {
    const answers = ['Ada, Bo', 'a birthday', 'fish', 'skip', 'vegetables', 'nuts', 'in the hall'];
    const { code, text } = await chat('catering', ...answers);
    expect(text).toContain('"guests", 2 of 2: bo.');
    expect(text).toMatch(
      /menu: ada: fish, bo: vegetables \(no nuts\), place: in the hall, total in euros: 162\n$/,
    );
    expect(code).toBe(0);
  });
});
