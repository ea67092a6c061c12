import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../unit/history/fixtures.js';

interface Manifest {
  readonly bin: { readonly medforge: string };
  readonly dependencies?: object;
  readonly devDependencies?: object;
  readonly gypfile?: boolean;
}

const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as Manifest;

/** A clone with the real package.json, nothing to install, and an addon that leaves a trace when it is built. */
function clone(folder: string, { dependencies: _, devDependencies: __, ...rest }: Manifest): void {
  const program = join(folder, rest.bin.medforge);
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(rest));
  writeFileSync(join(folder, 'binding.gyp'), "{'targets': [{'target_name': 'addon', 'type': 'none'}]}");
  writeFileSync(program, "#!/usr/bin/env node\nconsole.log('started');\n", { mode: 0o755 });
}

/** `npx medforge` as the first command in `folder`. @returns what it says, and whether npm built the addon before */
function first(folder: string): { readonly said: string; readonly built: boolean } {
  const environment = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const said = execFileSync('npx', ['--offline', 'medforge'], {
    cwd: folder,
    encoding: 'utf8',
    // a cache of its own: npx links each project there once, and builds it then
    env: { ...Object.fromEntries(environment), npm_config_cache: join(folder, 'cache') },
    shell: process.platform === 'win32',
  });
  return { said: said.trim(), built: existsSync(join(folder, 'build')) };
}

test('the first npx medforge in a clone starts the program and leaves the addon as it is', () => {
  const place = temporaryFolder();
  try {
    clone(place.folder, manifest);
    expect(first(place.folder)).toEqual({ said: 'started', built: false });
  } finally {
    place.remove();
  }
});

test('because package.json says that npm is not to build binding.gyp: without that word it would', () => {
  const place = temporaryFolder();
  try {
    const { gypfile, ...rest } = manifest;
    expect(gypfile).toBe(false);
    clone(place.folder, rest);
    expect(first(place.folder)).toEqual({ said: 'started', built: true });
  } finally {
    place.remove();
  }
});
