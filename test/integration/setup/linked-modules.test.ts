import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../unit/history/fixtures.js';

const SCRIPTS = fileURLToPath(new URL('../../../forge-scripts', import.meta.url));

test('set-up does not install through a node_modules that is a symbolic link, and leaves the linked folder as it is', () => {
  const place = temporaryFolder();
  try {
    const clone = join(place.folder, 'clone');
    const other = join(place.folder, 'other');
    mkdirSync(clone);
    mkdirSync(other);
    writeFileSync(join(other, 'kept'), '');
    cpSync(SCRIPTS, join(clone, 'forge-scripts'), { recursive: true });
    const packages = { '': {}, 'node_modules/absent': { version: '1.0.0' } };
    writeFileSync(join(clone, 'package.json'), JSON.stringify({ name: 'clone', version: '1.0.0' }));
    writeFileSync(join(clone, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
    symlinkSync(other, join(clone, 'node_modules'), 'dir');
    const setup = spawnSync(process.execPath, ['forge-scripts/setup.mjs', '--engine'], {
      cwd: clone,
      encoding: 'utf8',
    });
    expect(setup.status).toBe(1);
    expect(setup.stderr).toContain(
      'node_modules is a symbolic link, and installing would empty the folder that it leads to: remove the link, then run it again.',
    );
    expect(existsSync(join(other, 'kept'))).toBe(true);
  } finally {
    place.remove();
  }
});
