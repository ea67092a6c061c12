import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './project.mjs';
import { SetupError, step } from './report.mjs';
import { run } from './run.mjs';

/** True when node_modules holds what package-lock.json asks for, by npm's own record of what it installed. */
export function dependenciesMatch() {
  const wanted = packages('package-lock.json');
  const found = packages('node_modules/.package-lock.json');
  if (!wanted || !found) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link) return true;
    const installed = found[path];
    // An optional package is left out where it does not fit the platform.
    return installed ? installed.version === entry.version : Boolean(entry.optional);
  });
}

function packages(file) {
  try {
    return JSON.parse(readFileSync(join(ROOT, file), 'utf8')).packages;
  } catch {
    return null;
  }
}

/** `npm ci` empties node_modules first: through a symbolic link, that of another project. @throws SetupError */
export function refuseLinkedModules(root) {
  const folder = join(root, 'node_modules');
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new SetupError(
    `${folder} is a symbolic link, and installing would empty the folder that it leads to: remove the link, then run it again.`,
  );
}

/** `npm ci` without install scripts: what has to be built, the next steps build. */
export async function installDependencies() {
  refuseLinkedModules(ROOT);
  await step('installing the locked dependencies (npm ci)', async () => {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const code = await run(npm, args, { env: plainNpmEnvironment() });
    if (code !== 0) {
      throw new SetupError(
        `npm ci failed (exit ${code}). Check that the npm registry is reachable, then run it again.`,
      );
    }
  });
}

/** Without the settings of an npm that may have started us (`npm test --silent` and the like). */
function plainNpmEnvironment() {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^npm_(config_(ignore_scripts|dry_run|omit|include|only|production|loglevel)|lifecycle_|command|package_)/i.test(
        name,
      ),
  );
  return { ...Object.fromEntries(kept), NODE_ENV: 'development' };
}
