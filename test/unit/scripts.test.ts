import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PROJECT = join(import.meta.dirname, '..', '..');

/** What loads modules of the compiled program in scripts, and the folder in which each looks. */
const LOADERS: Readonly<Record<string, string>> = { load: '', program: '', compiled: '', dist: 'history/' };
const DYNAMIC = /const \{ ([^}]+) \} = await (\w+)\('([\w/-]+)\.js'\)/g;
const STATIC = /import \{ ([^}]+) \} from '[./]*dist\/main\/([\w/-]+)\.js'/g;

const uses = readdirSync(join(PROJECT, 'forge-scripts'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.mjs'))
  .flatMap((file) => {
    const text = readFileSync(join(PROJECT, 'forge-scripts', file), 'utf8');
    const found = [
      ...[...text.matchAll(DYNAMIC)]
        .filter(([, , loader]) => loader! in LOADERS)
        .map(([, names, loader, module]) => ({ names: names!, module: LOADERS[loader!]! + module! })),
      ...[...text.matchAll(STATIC)].map(([, names, module]) => ({ names: names!, module: module! })),
    ];
    return found.map(({ names, module }) => ({
      file,
      module,
      names: names.split(',').map((name) => name.split(':')[0]!.trim()),
    }));
  });

test('scripts that load modules of the program are found', () => {
  expect(uses.length).toBeGreaterThan(10);
});

// A name that has moved is `undefined` in a script, which the compiler does not see.
test.each(uses)('$file: $module has $names', async ({ module, names }) => {
  const loaded = (await import(/* @vite-ignore */ join(PROJECT, 'src-main', `${module}.ts`))) as object;
  expect(Object.keys(loaded)).toEqual(expect.arrayContaining(names));
});
