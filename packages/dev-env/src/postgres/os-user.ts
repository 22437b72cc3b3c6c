import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './binaries.js';
import { EmbeddedPostgresError } from './errors.js';

const run = promisify(execFile);

/** As whom PostgreSQL's programs run. */
export interface ServerUser {
  /** Null: as the user who runs this process. */
  readonly ids: { readonly uid: number; readonly gid: number } | null;
  /** What to start so that the program runs as that user. */
  command(program: string, args: readonly string[]): Command;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Joined to the options of `spawn` or `execFile`. */
  readonly options: { readonly uid?: number; readonly gid?: number };
}

const OURSELVES: ServerUser = {
  ids: null,
  command: (file, args) => ({ file, args, options: {} }),
};

/**
 * PostgreSQL refuses to run as root, so root starts it as somebody else: the owner of the data where
 * there are some, else the user `postgres` where the system has one, else `nobody`, which every system
 * has. No user is created.
 *
 * @param clusterDir - exists, or its parent does.
 * @throws EmbeddedPostgresError where that user cannot reach the binaries or the data, e.g. below a
 *   closed `/root`, and the system has no way to let it.
 */
export async function serverUser(
  clusterDir: string,
  parentDir: string,
  binaries: PostgresBinaries,
): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return OURSELVES;
  const ids = (await ownerOf(clusterDir)) ?? (await idsOf('postgres')) ?? (await idsOf('nobody'));
  if (ids === null)
    throw unreachable(parentDir, 'This system has neither a user postgres nor nobody.');
  const plain: ServerUser = { ids, command: (file, args) => ({ file, args, options: ids }) };
  if (await reaches(plain, parentDir, binaries)) return plain;
  const admitted = withFileAccess(ids);
  if (await reaches(admitted, parentDir, binaries)) return admitted;
  throw unreachable(parentDir, `User ${ids.uid} cannot enter the folder.`);
}

/**
 * The user keeps one right of root, to pass closed folders on the way to the programs and the data. It must
 * count in the kernel's `access` too, by which PostgreSQL looks for its programs. Linux alone has all this.
 */
function withFileAccess(ids: { uid: number; gid: number }): ServerUser {
  const become = [
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    '--clear-groups',
    '--securebits=+no_setuid_fixup',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
  ];
  return {
    ids,
    command: (program, args) => ({
      file: 'setpriv',
      args: [...become, program, ...args],
      options: {},
    }),
  };
}

async function reaches(
  user: ServerUser,
  dir: string,
  binaries: PostgresBinaries,
): Promise<boolean> {
  const script = 'cd "$1" && "$2" --version';
  const { file, args, options } = user.command('sh', ['-c', script, 'sh', dir, binaries.postgres]);
  return run(file, args, { cwd: '/', ...options }).then(
    () => true,
    () => false,
  );
}

async function ownerOf(dir: string): Promise<{ uid: number; gid: number } | null> {
  const found = await stat(dir).catch(() => null);
  return found === null || found.uid === 0 ? null : { uid: found.uid, gid: found.gid };
}

async function idsOf(name: string): Promise<{ uid: number; gid: number } | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

function unreachable(dir: string, why: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'unreachable-as-user',
    `PostgreSQL does not run as root, and no other user can use ${dir}. ${why} ` +
      'Start as an ordinary user, keep the project and DATA_DIR outside closed folders such as /root, or set DATABASE_URL.',
  );
}
