import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { runNode } from './child.mjs';
import { Failure } from './failure.mjs';
import { filesBelow, hashFiles } from './fingerprint.mjs';
import { ROOT, TOOLS } from './paths.mjs';
import { timed } from './progress.mjs';

/** Of these every project is made. */
const SHARED = ['tsconfig.base.json', 'pnpm-lock.yaml'].map((name) => join(ROOT, name));

/**
 * Compiles what is stale.
 *
 * Staleness goes by content, not by time: a pull or a change of branch leaves times that say nothing. Each
 * project's stamp lies in its own `dist`, so that it goes when the output goes.
 */
export async function ensureBuilt({ force = false } = {}) {
  const projects = await buildProjects();
  const states = await Promise.all(projects.map(projectState));
  const stale = states.filter((state) => force || !state.fresh);
  if (stale.length === 0) return;
  await timed(`Building ${stale.length} of ${projects.length} projects`, async () => {
    for (const state of stale) await prepare(state);
    const code = await runNode(TOOLS.tsc, ['-b', ...projects], { stdio: ['ignore', 2, 2] });
    if (code !== 0) throw new Failure('The sources do not compile; the errors are above.', code);
  });
  for (const state of stale) {
    await mkdir(join(ROOT, state.project, 'dist'), { recursive: true });
    await writeFile(stampOf(state.project), state.hash);
  }
}

/** The projects of the solution without the tests, which nothing runs from `dist`. */
async function buildProjects() {
  const { references } = JSON.parse(await readFile(join(ROOT, 'tsconfig.json'), 'utf8'));
  return references.map((reference) => reference.path).filter((path) => path !== 'tests');
}

async function projectState(project) {
  const folder = join(ROOT, project);
  const sources = await filesBelow(join(folder, 'src'));
  const inputs = [...SHARED, ...['package.json', 'tsconfig.json'].map((n) => join(folder, n))];
  const hash = await hashFiles([...inputs, ...sources]);
  const stamp = await readFile(stampOf(project), 'utf8').catch(() => null);
  return { project, sources, hash, fresh: stamp === hash };
}

function stampOf(project) {
  return join(ROOT, project, 'dist/.build-stamp');
}

/** Takes from the compiler what would mislead it, and from `dist` what has no source any more. */
async function prepare({ project, sources, fresh }) {
  const dist = join(ROOT, project, 'dist');
  const info = join(dist, '.tsbuildinfo');
  const known = await stat(info).catch(() => null);
  // The compiler skips files older than its last run; one that was copied with its time may be new all the same.
  const times = await Promise.all(sources.map(async (path) => (await stat(path)).mtimeMs));
  if (!fresh && known !== null && !times.some((time) => time > known.mtimeMs)) await rm(info);

  const src = join(ROOT, project, 'src');
  const stems = new Set(sources.map((path) => stem(relative(src, path))));
  for (const output of await filesBelow(dist)) {
    const name = relative(dist, output);
    if (/\.(js|d\.ts)(\.map)?$/.test(name) && !stems.has(stem(name))) await rm(output);
  }
}

function stem(path) {
  return path.replace(/(\.d\.ts|\.js|\.tsx?|\.mts|\.cts)(\.map)?$/, '');
}
