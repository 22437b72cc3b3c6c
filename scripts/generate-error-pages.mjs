// Writes docs/errors/<code>.md and its index from the catalogues of problems and issues.
//
//   node scripts/generate-error-pages.mjs           writes what differs, deletes what is superfluous
//   node scripts/generate-error-pages.mjs --check   writes nothing; ends with 1 where something differs
//
// It reads the built packages: run it by npm, or after `npm run build`.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { Failure } from './lib/failure.mjs';
import { ROOT } from './lib/paths.mjs';

const FOLDER = join(ROOT, 'docs/errors');
const NOTE =
  '<!-- Written by scripts/generate-error-pages.mjs. Change the catalogue, not this page. -->';
const SEVERITIES = {
  error: 'error: the named part does not run until it is mended',
  warning: 'warning: it runs, perhaps not as it was meant',
  info: 'info: nothing need be done',
};

/** What the pages are made from: both catalogues as lists, sorted by code. */
async function readCatalogues() {
  const problems = await exported('packages/contracts/dist/index.js', 'PROBLEM_CATALOGUE');
  const issues = await exported('packages/domain/dist/index.js', 'ISSUE_CATALOGUE');
  return { problems: sorted(problems), issues: sorted(issues) };
}

async function exported(path, name) {
  const module = await import(pathToFileURL(join(ROOT, path)).href).catch((error) => {
    throw new Failure(`${path} cannot be read (${error.message}). Run npm run build first.`);
  });
  if (module[name] === undefined) throw new Failure(`${path} does not export ${name}.`);
  return module[name];
}

function sorted(catalogue) {
  return Object.entries(catalogue)
    .map(([code, entry]) => ({ code, ...entry }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** File name → Markdown. A code may name a problem and an issue: its page then tells of both. */
export function pagesOf({ problems, issues }) {
  const sections = new Map();
  const add = (code, section) => sections.set(code, [...(sections.get(code) ?? []), section]);
  for (const problem of problems) add(problem.code, problemSection(problem));
  for (const issue of issues) add(issue.code, issueSection(issue));
  const pages = [...sections].map(([code, parts]) => [
    `${code}.md`,
    [`# ${code}`, NOTE, ...parts, 'All codes: [index](README.md)'].join('\n\n'),
  ]);
  return new Map([...pages, ['README.md', indexPage(problems, issues)]]);
}

function problemSection({ title, status, cause, fix }) {
  return section(title, `Answer of the API with status ${status}.`, cause, fix);
}

function issueSection({ title, severity, cause, fix }) {
  const kind = `Finding about a workflow, of severity ${SEVERITIES[severity] ?? severity}.`;
  return section(title, kind, cause, fix);
}

function section(title, kind, cause, fix) {
  return [
    `## ${prose(title)}`,
    kind,
    `**Cause.** ${prose(cause)}`,
    `**What to do.** ${prose(fix)}`,
  ].join('\n\n');
}

function indexPage(problems, issues) {
  const row = (entry, fact) =>
    `| [${entry.code}](${entry.code}.md) | ${fact} | ${prose(entry.title)} |`;
  return [
    '# Codes',
    NOTE,
    'Codes are stable: programs may go by them. Texts may change.',
    '## Problems',
    'The `code` of an `application/problem+json` answer.',
    [
      '| code | status | title |',
      '| --- | --- | --- |',
      ...problems.map((p) => row(p, p.status)),
    ].join('\n'),
    '## Findings',
    'The `code` of an entry in `issues`: what parsing and mapping say of a workflow.',
    [
      '| code | severity | title |',
      '| --- | --- | --- |',
      ...issues.map((i) => row(i, i.severity)),
    ].join('\n'),
  ].join('\n\n');
}

/** A text of the catalogue as Markdown: what is between backticks stays, the rest has no markup. */
function prose(text) {
  return text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[\\<*[\]|]/g, '\\$&')))
    .join('');
}

async function formatted(pages) {
  const options = { ...(await resolveConfig(join(FOLDER, 'README.md'))), parser: 'markdown' };
  const entries = [...pages].map(async ([name, text]) => [name, await format(text, options)]);
  return new Map(await Promise.all(entries));
}

/** The files of the folder that differ from the pages, each with what is wrong with it. */
async function compare(pages) {
  const present = await readdir(FOLDER).catch(() => []);
  const differences = present
    .filter((name) => name.endsWith('.md') && !pages.has(name))
    .map((name) => ({ name, fault: 'superfluous' }));
  for (const [name, text] of pages) {
    const known = await readFile(join(FOLDER, name), 'utf8').catch(() => null);
    if (known !== text) differences.push({ name, fault: known === null ? 'missing' : 'stale' });
  }
  return differences.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function write(pages, differences) {
  await mkdir(FOLDER, { recursive: true });
  for (const { name } of differences) {
    const text = pages.get(name);
    if (text === undefined) await rm(join(FOLDER, name));
    else await writeFile(join(FOLDER, name), text);
  }
}

async function main(args) {
  const unknown = args.find((arg) => arg !== '--check');
  if (unknown !== undefined)
    throw new Failure(`There is no option ${unknown}; there is --check.`, 2);
  const pages = await formatted(pagesOf(await readCatalogues()));
  const differences = await compare(pages);
  const list = differences.map(
    ({ name, fault }) => `  ${relative(ROOT, join(FOLDER, name))}: ${fault}`,
  );
  if (!args.includes('--check')) {
    await write(pages, differences);
    console.log([`${pages.size} pages, ${differences.length} written anew.`, ...list].join('\n'));
  } else if (differences.length > 0) {
    const advice = 'Run node scripts/generate-error-pages.mjs and commit what it writes.';
    throw new Failure(['The pages differ from the catalogues:', ...list, advice].join('\n'));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}
