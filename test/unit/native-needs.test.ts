import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { addonPath } from '../../src-main/compute/native/binding.js';

/** Of Red Hat Enterprise Linux 9 and its kin, the oldest that clusters run. */
const NEWEST = { GLIBC: [2, 34], GLIBCXX: [3, 4, 29], CXXABI: [1, 3, 13] } as const;

const isNewer = (version: readonly number[], than: readonly number[]): boolean => {
  const at = version.findIndex((part, i) => part !== (than[i] ?? 0));
  return at >= 0 && version[at]! > (than[at] ?? 0);
};

/** Versions of symbols that a shared library asks for: the names of its section `.gnu.version_r` are texts of the file. */
function neededVersions(file: string): string[] {
  const text = readFileSync(file, 'latin1');
  return [
    ...new Set([...text.matchAll(/\0((?:GLIBC|GLIBCXX|CXXABI)_\d+(?:\.\d+)*)(?=\0)/g)].map((match) => match[1]!)),
  ];
}

it.runIf(process.platform === 'linux')('the compute addon loads on a cluster with RHEL 9', () => {
  const needed = neededVersions(addonPath()!);
  expect(needed.length).toBeGreaterThan(5);
  const tooNew = needed.filter((name) => {
    const [library, version] = name.split('_') as [keyof typeof NEWEST, string];
    return isNewer(version.split('.').map(Number), NEWEST[library]);
  });
  expect(tooNew).toEqual([]);
});
