import { ESCAPE_GROUPS, type Escape } from './escape.js';
import { ESCAPES } from './escapes.js';
import { ADDRESSES, ANSWERS, MISSHAPEN, NAMES } from './targets.js';

/** Ways out by HTTP; each of them is tried with every address. */
export const HTTP_WAYS = [
  'API block',
  'fetch in a function',
  'HTTP tool',
  'OpenAPI tool',
  'MCP tool',
];

/** The page that lists what is tried against the sandbox and the network, and the reason that each gets. */
export function securityPage(): string {
  const addresses = ADDRESSES.length + NAMES.length;
  const requests = addresses + MISSHAPEN.length + ANSWERS.length;
  return [
    '# What is tried against the sandbox and the network',
    '<!-- Written by scripts/generate-security-page.mjs. Change packages/blocks/src/security/, not this page. -->',
    `Each line is tried by a test of \`packages/blocks/src/security/\`, ${ESCAPES.length} against the sandbox and ` +
      `${requests} against the network, and ends as it says here.`,
    '## Code that tries to get out of the sandbox',
    ...Object.entries(ESCAPE_GROUPS).flatMap(([group, title]) => [
      `### ${title}`,
      table(
        ['tried', 'code', 'ends with', 'because'],
        ESCAPES.filter((escape) => escape.group === group).map(rowOf),
      ),
    ]),
    '## Addresses that are not public',
    `Tried by each of: ${HTTP_WAYS.join(', ')}. All end with \`address_forbidden\`, unless the operator allows the ` +
      'address, and name its range. The check is made on the address that is connected to.',
    table(
      ['tried', 'URL', 'range'],
      [...ADDRESSES, ...NAMES].map(({ what, url, range }) => [what, code(url), range]),
    ),
    '## Requests that are none',
    'Tried by API blocks and `fetch` in functions; they end with `invalid_params` before anything connects.',
    table(
      ['tried', 'request', 'because'],
      MISSHAPEN.map(({ what, params, reason }) => [what, code(JSON.stringify(params)), reason]),
    ),
    '## Answers that lead elsewhere, or never end',
    'Tried by API blocks and `fetch` in functions.',
    table(
      ['tried', 'ends with', 'because'],
      ANSWERS.map(({ what, code: ends, reason }) => [what, code(ends), reason]),
    ),
  ].join('\n\n');
}

function rowOf(escape: Escape): string[] {
  const { what } = escape;
  if ('gives' in escape)
    return [what, code(escape.code), `\`${escape.gives}\``, 'nothing but its own world changes'];
  return [what, code(escape.code), escape.codes.map(code).join(' or '), escape.reason];
}

function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text}${fence}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
