import { CONVERSATION_BASE_PATH } from '@sim/contracts';
import { escapeHtml, htmlPage } from './html.js';

/** A sample workflow, as the page lists it. */
export interface SampleLink {
  /** The file's name, such as `refund.json`. */
  readonly file: string;
  readonly title: string;
}

/** The style of {@link homePage}: a file of its own, as the content security policy wants it. */
export const HOME_STYLE = `:root {
  color-scheme: light dark;
  --text: light-dark(#1c2430, #e6eaf0);
  --muted: light-dark(#4c5868, #a9b4c2);
  --back: light-dark(#fbfcfd, #12161c);
  --box: light-dark(#eef1f5, #1d242d);
  --link: light-dark(#0a5bc4, #86b7ff);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto;
  padding: 1.5rem 1rem 3rem;
  max-width: 44rem;
  font: 1rem/1.6 system-ui, sans-serif;
  color: var(--text);
  background: var(--back);
  overflow-wrap: anywhere;
}
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.15rem; margin-top: 2rem; }
a { color: var(--link); }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
p.lead, footer { color: var(--muted); }
li { margin: 0.35rem 0; }
pre {
  padding: 0.75rem 1rem;
  border-radius: 0.5rem;
  background: var(--box);
  white-space: pre-wrap;
  font: 0.875rem/1.5 ui-monospace, monospace;
}
`;

/** A short page that leads to the API and the samples. */
export function homePage(version: string, samples: readonly SampleLink[]): string {
  return htmlPage(
    'Sim Journeys',
    `    <header>
      <h1>Sim Journeys</h1>
      <p class="lead">Workflows that can be talked through: import one, open a session, and answer its questions.</p>
    </header>
    <main>
      <h2>Read and try the API</h2>
      <ul>
        <li><a href="/api/docs">Accounts, workspaces and workflows</a></li>
        <li><a href="${CONVERSATION_BASE_PATH}/api/docs">Journeys and conversations</a></li>
        <li><a href="/health">State of this installation</a></li>
      </ul>
      ${samplesSection(samples)}
      <h2>First steps</h2>
      <pre>${escapeHtml(FIRST_STEPS)}</pre>
      <p>The answer's <code>token</code> gets an access token at <code>POST /api/v1/auth/token</code>;
      with it, <code>POST /api/v1/workflows/import</code> takes a workflow and
      <code>POST /api/v1/conversational-workflows/sessions</code> begins the conversation.</p>
    </main>
    <footer><p>Version ${escapeHtml(version)}</p></footer>`,
  );
}

const FIRST_STEPS = `curl -X POST http://localhost:3000/api/v1/auth/sign-up/email \\
  -H 'Content-Type: application/json' \\
  -d '{"email":"ada@example.com","password":"correct horse battery","name":"Ada"}'`;

function samplesSection(samples: readonly SampleLink[]): string {
  if (samples.length === 0) return '';
  const items = samples.map(
    ({ file, title }) =>
      `<li><a href="/samples/${encodeURIComponent(file)}">${escapeHtml(title)}</a></li>`,
  );
  return `<h2>Sample workflows</h2>
      <ul>
        ${items.join('\n        ')}
      </ul>`;
}
