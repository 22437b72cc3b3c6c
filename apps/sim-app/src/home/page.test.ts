import { describe, expect, it } from 'vitest';
import { PROBLEM_CATALOGUE } from '@sim/contracts';
import { homePage, HOME_STYLE } from './page.js';
import { problemPage } from './problem-page.js';

describe('the home page', () => {
  it('leads to the API page and to each sample', () => {
    const page = homePage('1.0.0', [{ file: 'refund.json', title: 'Refund' }]);
    expect(page).toContain('href="/api/docs"');
    expect(page).toContain('href="/api/v1/conversational-workflows/api/docs"');
    expect(page).toContain('<a href="/samples/refund.json">Refund</a>');
    expect(page).toContain('Version 1.0.0');
  });

  it('says nothing of samples where there are none', () => {
    expect(homePage('1.0.0', [])).not.toContain('Sample workflows');
  });

  it('has a language, a title, a viewport, landmarks and headings in order', () => {
    const page = homePage('1.0.0', []);
    expect(page).toMatch(/<html lang="en">/);
    expect(page).toMatch(/<title>[^<]+<\/title>/);
    expect(page).toContain('width=device-width');
    for (const landmark of ['<header>', '<main>', '<footer>']) expect(page).toContain(landmark);
    expect(page.match(/<h1/g)).toHaveLength(1);
    expect(page.indexOf('<h1')).toBeLessThan(page.indexOf('<h2'));
  });

  it('shows names as text', () => {
    const page = homePage('<b>', [{ file: 'a"b.json', title: '<script>alert(1)</script>' }]);
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain('/samples/a%22b.json');
    expect(page).toContain('&lt;b&gt;');
  });

  it('has no style or script inside, which the policy would refuse', () => {
    expect(homePage('1', [])).not.toMatch(/<style|<script|style=|onclick=/);
  });

  it('is dark where the person prefers that, and wraps at any width', () => {
    expect(HOME_STYLE).toContain('light-dark(');
    expect(HOME_STYLE).toContain('color-scheme: light dark');
    expect(HOME_STYLE).toContain('white-space: pre-wrap');
  });
});

describe('the page of a problem', () => {
  it('says when it comes and what to do, as text', () => {
    const page = problemPage('not_a_workflow');
    expect(page).toContain('<code>not_a_workflow</code> · HTTP 422');
    expect(page).toContain(PROBLEM_CATALOGUE.not_a_workflow.cause);
    expect(problemPage('token_missing')).toContain('Bearer &lt;token&gt;');
  });
});
