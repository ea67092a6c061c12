import { totalmem } from 'node:os';
import { describe, expect, test } from 'vitest';
import { availableMemory } from '../../../src-main/jobs/available-memory.js';

const MEBIBYTE = 2 ** 20;
const SYSTEM = { '/proc/meminfo': 'MemTotal:  8388608 kB\nMemFree: 1000 kB\nMemAvailable:    4194304 kB\n' };
const NO_LIMIT = 'Limit  Soft Limit  Hard Limit  Units\nMax address space         unlimited   unlimited   bytes\n';
const LIMIT = `Limit  Soft Limit  Hard Limit  Units\nMax address space         ${3000 * MEBIBYTE}   unlimited   bytes\n`;

const CASES: readonly [what: string, files: Record<string, string>, mebibytes: number][] = [
  ['the system alone', SYSTEM, 4096],
  ['no address limit', { ...SYSTEM, '/proc/self/limits': NO_LIMIT, '/proc/self/status': 'VmSize: 1 kB\n' }, 4096],
  ['an address limit', { ...SYSTEM, '/proc/self/limits': LIMIT, '/proc/self/status': 'VmSize:\t 1024000 kB\n' }, 2000],
  [
    'a group of version 2, whose files in the cache count as free',
    {
      ...SYSTEM,
      '/proc/self/cgroup': '0::/user/job\n',
      '/sys/fs/cgroup/user/job/memory.max': `${1000 * MEBIBYTE}\n`,
      '/sys/fs/cgroup/user/job/memory.current': `${700 * MEBIBYTE}\n`,
      '/sys/fs/cgroup/user/job/memory.stat': `anon 5\ninactive_file ${200 * MEBIBYTE}\nactive_file 7\n`,
    },
    500,
  ],
  [
    'a group without a limit inside one with a limit',
    {
      ...SYSTEM,
      '/proc/self/cgroup': '0::/user/job\n',
      '/sys/fs/cgroup/user/job/memory.max': 'max\n',
      '/sys/fs/cgroup/user/memory.max': `${900 * MEBIBYTE}\n`,
      '/sys/fs/cgroup/user/memory.current': `${600 * MEBIBYTE}\n`,
    },
    300,
  ],
  [
    'a container, whose group is the root that it sees',
    {
      ...SYSTEM,
      '/proc/self/cgroup': '0::/kubepods/not/visible/here\n',
      '/sys/fs/cgroup/memory.max': `${512 * MEBIBYTE}\n`,
      '/sys/fs/cgroup/memory.current': `${112 * MEBIBYTE}\n`,
    },
    400,
  ],
  [
    'a group of version 1',
    {
      ...SYSTEM,
      '/proc/self/cgroup': '5:memory:/a\n4:cpu:/b\n0::/\n',
      '/sys/fs/cgroup/memory/a/memory.limit_in_bytes': `${800 * MEBIBYTE}\n`,
      '/sys/fs/cgroup/memory/a/memory.usage_in_bytes': `${300 * MEBIBYTE}\n`,
      '/sys/fs/cgroup/memory/a/memory.stat': `inactive_file 1\ntotal_inactive_file ${100 * MEBIBYTE}\n`,
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      '/sys/fs/cgroup/memory/memory.usage_in_bytes': '5\n',
    },
    600,
  ],
  [
    'more used than the limit allows',
    {
      ...SYSTEM,
      '/proc/self/cgroup': '0::/\n',
      '/sys/fs/cgroup/memory.max': '1000\n',
      '/sys/fs/cgroup/memory.current': '2000\n',
    },
    0,
  ],
];

describe.runIf(process.platform === 'linux')('available memory', () => {
  test.each(CASES)('%s', (_, files, mebibytes) => {
    const read = (path: string): string => {
      const text = files[path];
      if (text === undefined) throw new Error(`no ${path}`);
      return text;
    };
    expect(availableMemory(read)).toBe(mebibytes * MEBIBYTE);
  });
});

test('of this computer is some of what it has', () => {
  expect(availableMemory()).toBeGreaterThan(MEBIBYTE);
  expect(availableMemory()).toBeLessThanOrEqual(totalmem());
});
