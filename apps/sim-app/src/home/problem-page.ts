import { PROBLEM_CATALOGUE, type ProblemCode } from '@sim/contracts';
import { escapeHtml, htmlPage } from './html.js';

/** The page that a problem's `type` leads to. */
export function problemPage(code: ProblemCode): string {
  const { status, title, cause, fix } = PROBLEM_CATALOGUE[code];
  return htmlPage(
    `${title} (${code})`,
    `    <header>
      <h1>${escapeHtml(title)}</h1>
      <p class="lead"><code>${code}</code> · HTTP ${status}</p>
    </header>
    <main>
      <h2>When it comes</h2>
      <p>${escapeHtml(cause)}</p>
      <h2>What to do</h2>
      <p>${escapeHtml(fix)}</p>
    </main>
    <footer><p><a href="/">Start page</a> · <a href="/api/docs">API</a></p></footer>`,
  );
}
