const REQUIRED = [20, 19];

/** What is wrong with this version of Node and what to do, or null where it will do. */
export function versionProblem(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major > REQUIRED[0] || (major === REQUIRED[0] && minor >= REQUIRED[1])) return null;
  return (
    `This project needs Node ${REQUIRED.join('.')} or later; this is Node ${version}.\n` +
    'Install a current one from https://nodejs.org, or with nvm: nvm install --lts'
  );
}
