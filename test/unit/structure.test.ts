import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const PROJECT = join(import.meta.dirname, '..', '..');

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Files of the project with every project file that each imports, types too; paths with `/`, relative to the project. */
function importsOf(folders: readonly string[]): Graph {
  const files = folders
    .flatMap((folder) =>
      readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    )
    .filter((file) => /\.(ts|svelte)$/.test(file))
    .map((file) => file.split(sep).join('/'));
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(PROJECT, file), 'utf8'), true, true);
      const imported = importedFiles
        .filter(({ fileName }) => fileName.startsWith('.'))
        .map(({ fileName }) => posix.join(dirname(file), fileName))
        .map((path) => [path, path.replace(/\.js$/, '.ts'), `${path}.ts`].find((name) => known.has(name)))
        .filter((path) => path !== undefined);
      return [file, new Set(imported)];
    }),
  );
}

/** One shortest circle as `a → b → a`, null when there is none. */
function findCircle(graph: Graph): string | null {
  let shortest: string[] | null = null;
  for (const start of graph.keys()) {
    const paths: string[][] = [[start]];
    const seen = new Set<string>();
    for (let path = paths.shift(); path; path = paths.shift()) {
      if (shortest && path.length + 1 >= shortest.length) break;
      for (const next of graph.get(path.at(-1)!) ?? []) {
        if (next === start) shortest = [...path, next];
        else if (!seen.has(next)) {
          seen.add(next);
          paths.push([...path, next]);
        }
      }
    }
  }
  return shortest?.join(' → ') ?? null;
}

/**
 * The imports between the entries of one folder: its files, and its subfolders as a whole. A folder may have a file that
 * gathers its subfolders and another one that they share; two subfolders that import each other are a circle.
 */
function entriesOf(graph: Graph, folder: string): Graph {
  const entryOf = (file: string): string | null => {
    const path = relative(folder, file).split(sep).join('/');
    return path.startsWith('..') ? null : posix.join(folder, path.split('/')[0]!);
  };
  const entries = new Map<string, Set<string>>();
  for (const [file, imported] of graph) {
    const from = entryOf(file);
    if (from === null) continue;
    const targets = entries.get(from) ?? new Set();
    entries.set(from, targets);
    for (const target of imported) {
      const to = entryOf(target);
      if (to !== null && to !== from) targets.add(to);
    }
  }
  return entries;
}

/** What is loaded with a file before anything of it runs: its imports that are not of types, and theirs. */
function loadedWith(file: string): Set<string> {
  const loaded = new Set<string>();
  const waiting = [file];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (loaded.has(next)) continue;
    loaded.add(next);
    if (!next.startsWith('src-main/')) continue;
    const { statements } = ts.createSourceFile(next, readFileSync(join(PROJECT, next), 'utf8'), ts.ScriptTarget.Latest);
    for (const statement of statements) {
      const isImport =
        ts.isImportDeclaration(statement) && statement.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword;
      const isExport = ts.isExportDeclaration(statement) && !statement.isTypeOnly;
      if ((!isImport && !isExport) || !statement.moduleSpecifier) continue;
      const { text } = statement.moduleSpecifier as ts.StringLiteral;
      waiting.push(text.startsWith('.') ? posix.join(dirname(next), text).replace(/\.js$/, '.ts') : text);
    }
  }
  return loaded;
}

describe('what the window loads before its first picture', () => {
  it.each(['src-main/app/main.ts', 'src-main/app/start.ts'])('%s: no schemas, jobs or engine', (file) => {
    const loaded = [...loadedWith(file)];
    expect(loaded).toContain('electron');
    expect(loaded).not.toContain('zod');
    expect(loaded.filter((name) => /tensorflow|sharp|dcmjs|src-main\/(search|training|bundle)\//.test(name))).toEqual(
      [],
    );
  });

  it('but schemas with the services that come after it', () => {
    expect([...loadedWith('src-main/app/start-services.ts')]).toContain('zod');
  });
});

it('what the compute page loads knows nothing of Node, native kernels or Electron', () => {
  const loaded = [...loadedWith('src-main/compute-page/main.ts')];
  expect(loaded).toContain('src-main/jobs/search-job.ts');
  expect(loaded).toContain('src-main/compute/gpu/backend.ts');
  expect(loaded.filter((name) => /^(node:|electron|sharp)|compute\/native|compute\/index|history/.test(name))).toEqual(
    [],
  );
});

describe('the imports of the program', () => {
  const graph = importsOf(['src-main', 'src-renderer']);

  it('are read', () => {
    expect(graph.get('src-main/ipc/preload.ts')).toEqual(
      new Set(['channels', 'contract', 'handle'].map((name) => `src-main/ipc/${name}.ts`)),
    );
    expect([...(graph.get('src-renderer/main.ts') ?? [])]).toContain('src-renderer/App.svelte');
  });

  it('have no circle of files', () => expect(findCircle(graph)).toBeNull());

  it('have no circle of folders', () => {
    const folders = new Set([...graph.keys()].flatMap((file) => parents(file)));
    const circles = [...folders]
      .map((folder) => findCircle(entriesOf(graph, folder)))
      .filter((found) => found !== null);
    expect(circles).toEqual([]);
  });
});

describe('a circle is found', () => {
  const graph = (arrows: Record<string, string[]>): Graph =>
    new Map(Object.entries(arrows).map(([from, to]) => [from, new Set(to)]));

  it.each([
    ['none in a diamond', { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, null],
    ['of two files', { a: ['b'], b: ['a'] }, 'a → b → a'],
    ['behind a file that is not part of it', { x: ['a'], a: ['b'], b: ['c'], c: ['a'] }, 'a → b → c → a'],
  ] as [string, Record<string, string[]>, string | null][])('%s', (_, arrows, circle) => {
    expect(findCircle(graph(arrows))).toBe(circle);
  });

  it('of two folders whose files have none', () => {
    const files = graph({ 's/a/1.ts': ['s/b/1.ts'], 's/b/1.ts': [], 's/b/2.ts': ['s/a/2.ts'], 's/a/2.ts': [] });
    expect(findCircle(files)).toBeNull();
    expect(findCircle(entriesOf(files, 's'))).toBe('s/a → s/b → s/a');
  });

  it('not between a folder and the file beside it that its parts share', () => {
    const files = graph({ 's/index.ts': ['s/parts/a.ts'], 's/parts/a.ts': ['s/shared.ts'], 's/shared.ts': [] });
    expect(findCircle(entriesOf(files, 's'))).toBeNull();
  });
});

it('every file that ARCHITECTURE.md names is there', () => {
  const text = readFileSync(join(PROJECT, 'ARCHITECTURE.md'), 'utf8');
  const named = [...text.matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|mjs|js|svelte|h|cc))`/g)].map((match) => match[1]!);
  const places = ['', 'src-main', 'src-renderer'];
  const missing = named.filter((file) => !places.some((place) => existsSync(join(PROJECT, place, file))));
  expect(named.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});

function parents(file: string): string[] {
  const folder = posix.dirname(file);
  return folder === '.' ? [] : [folder, ...parents(folder)];
}
