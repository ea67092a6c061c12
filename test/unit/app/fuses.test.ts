import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FuseV1Options } from '@electron/fuses';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const SCRIPT: string = '../../../forge-scripts/fuses.mjs';
const { packagedFuses } = (await import(SCRIPT)) as {
  packagedFuses(platform: string): Readonly<Record<string, boolean>>;
};

describe('a packaged program', () => {
  it.each(['linux', 'darwin', 'win32'])('on %s has every fuse set', (platform) => {
    const known = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)));
    const fuses = packagedFuses(platform);
    expect(Object.keys(fuses)).toEqual(expect.arrayContaining(known));
    expect(fuses).toEqual({
      RunAsNode: false,
      EnableCookieEncryption: true,
      EnableNodeOptionsEnvironmentVariable: false,
      EnableNodeCliInspectArguments: false,
      EnableEmbeddedAsarIntegrityValidation: platform !== 'linux',
      OnlyLoadAppFromAsar: true,
      LoadBrowserProcessSpecificV8Snapshot: false,
      GrantFileProtocolExtraPrivileges: false,
      WasmTrapHandlers: true,
    });
  });

  it('is built with this hook, from an archive, with what is native beside it', () => {
    const settings = readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8');
    expect(settings).toContain('afterPack: forge-scripts/fuses.mjs');
    expect(settings).toContain('asar: true');
    for (const name of ['better-sqlite3', 'onnxruntime-node', 'sharp']) {
      expect(settings).toContain(`- node_modules/${name}/**`);
    }
  });

  /** End of support of Electron's majors: a new one every eight weeks, the latest three are supported. */
  it('comes with an Electron that is still supported', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    const supported: Readonly<Record<string, string>> = { '45': '2027-04-07' };
    const major = devDependencies['electron']?.split('.')[0] ?? '';
    expect(Object.keys(supported)).toContain(major);
    expect(new Date().toISOString() < (supported[major] ?? '')).toBe(true);
  });
});
