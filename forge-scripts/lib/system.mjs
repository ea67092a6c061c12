import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError, say, step } from './report.mjs';
import { run } from './run.mjs';

/** What each part needs from the system: Debian package, and the program or shared library that proves it is there. */
export const NEEDS = {
  native: [
    { package: 'python3', program: 'python3' },
    { package: 'make', program: 'make' },
    { package: 'g++', program: 'g++' },
  ],
  window: [
    { package: 'libgtk-3-0', library: 'libgtk-3.so.0' },
    { package: 'libnss3', library: 'libnss3.so' },
    { package: 'libasound2', library: 'libasound.so.2' },
    { package: 'libgbm1', library: 'libgbm.so.1' },
    { package: 'libxss1', library: 'libXss.so.1' },
    { package: 'libatk-bridge2.0-0', library: 'libatk-bridge-2.0.so.0' },
    { package: 'libdrm2', library: 'libdrm.so.2' },
  ],
  display: [
    { package: 'xvfb', program: 'Xvfb' },
    { package: 'xauth', program: 'xauth' },
  ],
  faults: [{ package: 'strace', program: 'strace' }],
  slurm: [
    { package: 'slurmctld', program: 'slurmctld' },
    { package: 'slurmd', program: 'slurmd' },
    { package: 'slurm-client', program: 'sbatch' },
    { package: 'munge', program: 'munged' },
    { package: 'libjson-c5', library: 'libjson-c.so.5' },
  ],
};

/**
 * Makes sure that what `parts` need is on the system. Missing packages are installed where that needs no question: as
 * root, with apt-get, and nobody at a terminal (or CI set). Otherwise the exact command is the error.
 */
export async function requireSystem(parts) {
  if (process.platform !== 'linux') return;
  const missing = missingPackages(parts);
  if (missing.length === 0) return;
  const unattended = Boolean(process.env.CI) || !process.stdin.isTTY;
  if (onPath('apt-get') && process.getuid() === 0 && unattended) await install(missing);
  const still = missingPackages(parts);
  if (still.length > 0) {
    throw new SetupError(`missing on this system: ${still.join(', ')}. Install them with\n  ${installLine(still)}`);
  }
}

/** As {@link requireSystem} for what tests can do without: what is missing is said, and those tests are left out. */
export async function offerSystem(parts) {
  try {
    await requireSystem(parts);
  } catch (error) {
    say(`${error.message} (without it, some tests are left out)`);
  }
}

export function missingPackages(parts) {
  const libraries = sharedLibraries();
  return parts
    .flatMap((part) => NEEDS[part])
    .filter((need) => (need.program ? !onPath(need.program) : !libraries.has(need.library)))
    .map((need) => need.package);
}

export function installLine(packages) {
  return `${process.getuid() === 0 ? '' : 'sudo '}apt-get install -y --no-install-recommends ${packages.map(currentName).join(' ')}`;
}

async function install(packages) {
  await step(`installing Debian packages: ${packages.join(' ')}`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env });
    const names = packages.map(currentName);
    const code = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env });
    if (code !== 0) say(`apt-get install ended with ${code}`);
  });
}

/** Distributions of 2024 and later call some of these libraries NAMEt64. */
function currentName(name) {
  if (!name.startsWith('lib') || !onPath('apt-cache')) return name;
  const renamed = `${name}t64`;
  return spawnSync('apt-cache', ['show', renamed], { stdio: 'ignore' }).status === 0 ? renamed : name;
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function sharedLibraries() {
  const ldconfig = ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find(existsSync) ?? 'ldconfig';
  const listed = spawnSync(ldconfig, ['-p'], { encoding: 'utf8' }).stdout ?? '';
  return new Set([...listed.matchAll(/^\s+(\S+) \(/gm)].map((match) => match[1]));
}
