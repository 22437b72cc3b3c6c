/** What a person needs to know once everything runs. */
export interface BannerFacts {
  readonly simAppUrl: string;
  readonly conversationServiceUrl: string;
  /** Null where metrics are off. */
  readonly metricsUrl: string | null;
  readonly dataDir: string;
  readonly database: 'embedded' | 'own';
  /** Null where the database is the person's own: nothing is put into it. */
  readonly demo: {
    readonly email: string;
    readonly password: string;
    readonly samples: readonly { readonly id: string; readonly name: string }[];
  } | null;
  /** From the start of the program, e.g. "2.9 s". */
  readonly readyAfter: string;
}

/** The text that is shown when everything runs. */
export function banner(facts: BannerFacts): string {
  const { simAppUrl, metricsUrl, demo } = facts;
  const lines = [
    '',
    `Ready in ${facts.readyAfter}.`,
    '',
    ...table([
      ['Start page', `${simAppUrl}/`],
      ['API pages', `${simAppUrl}/api/docs and ${facts.conversationServiceUrl}/api/docs`],
      ...(metricsUrl === null ? [] : [['Metrics', `${metricsUrl}/metrics`] as const]),
      ['Data', facts.database === 'embedded' ? facts.dataDir : 'in your own database'],
    ]),
    ...(demo === null ? [] : demoLines(simAppUrl, demo)),
    '',
    'Or talk in the terminal, with no server at all:',
    '  npm run chat -- samples/refund.json',
    '',
    'Ctrl-C stops everything.',
    '',
  ];
  return lines.join('\n');
}

function demoLines(url: string, demo: NonNullable<BannerFacts['demo']>): string[] {
  const signIn = JSON.stringify({ email: demo.email, password: demo.password });
  return [
    '',
    `Demo sign-in   ${demo.email}   ${demo.password}`,
    '',
    'Samples:',
    ...table(demo.samples.map(({ id, name }) => [name, id] as const)),
    '',
    'Try it with curl, in a second terminal:',
    `  SESSION=$(curl -s ${url}/api/v1/auth/sign-in/email -H 'Content-Type: application/json' \\`,
    `    -d '${signIn}' | ${pick('token')})`,
    `  TOKEN=$(curl -s -X POST ${url}/api/v1/auth/token -H "Authorization: Bearer $SESSION" | ${pick('accessToken')})`,
    `  curl -s ${url}/api/v1/workflows -H "Authorization: Bearer $TOKEN"`,
  ];
}

/** Node is there for certain; jq is not. */
function pick(field: string): string {
  return `node -pe 'JSON.parse(fs.readFileSync(0)).${field}'`;
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}   ${value}`);
}
