import { describe, expect, it } from 'vitest';
import { banner, type BannerFacts } from './banner.js';

const facts: BannerFacts = {
  simAppUrl: 'http://localhost:3000',
  conversationServiceUrl: 'http://localhost:3001',
  metricsUrl: 'http://localhost:9090',
  dataDir: '/project/.data',
  database: 'embedded',
  demo: {
    email: 'demo@example.com',
    password: 'abcd-efgh-jkmn',
    samples: [{ id: 'wf_1', name: 'Refund' }],
  },
  readyAfter: '2.9 s',
};

describe('the banner', () => {
  it('leads to the pages, the sign-in and the next commands', () => {
    const text = banner(facts);
    for (const part of [
      'Ready in 2.9 s.',
      'http://localhost:3000/',
      'http://localhost:3000/api/docs and http://localhost:3001/api/docs',
      'http://localhost:9090/metrics',
      '/project/.data',
      'demo@example.com   abcd-efgh-jkmn',
      'Refund   wf_1',
      `-d '{"email":"demo@example.com","password":"abcd-efgh-jkmn"}'`,
      'npm run chat -- samples/refund.json',
      'Ctrl-C',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('says nothing of a demo or of metrics where there are none', () => {
    const text = banner({ ...facts, demo: null, metricsUrl: null, database: 'own' });
    expect(text).not.toContain('Demo');
    expect(text).not.toContain('/metrics');
    expect(text).toContain('in your own database');
  });
});
