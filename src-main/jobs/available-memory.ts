import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { posix } from 'node:path';

/** Reads a text file of the system; throws when it is not there. */
export type ReadSystemFile = (path: string) => string;

/**
 * Bytes that this process can still take: what the system has, and what the limits of its control groups and of its
 * address space (`ulimit -v`) leave. Files that the system only keeps in memory for speed count as free.
 * @param read default: the real files
 */
export function availableMemory(read: ReadSystemFile = (path) => readFileSync(path, 'utf8')): number {
  if (process.platform === 'darwin') return totalmem(); // what is free there is mostly in use as a cache
  if (process.platform !== 'linux') return freemem();
  const bounds = [systemMemory(read), addressSpace(read), ...controlGroups(read)];
  return Math.max(0, Math.min(...bounds));
}

function systemMemory(read: ReadSystemFile): number {
  return kibibytes(attempt(read, '/proc/meminfo'), 'MemAvailable') ?? freemem();
}

function addressSpace(read: ReadSystemFile): number {
  const limit = /^Max address space +(\d+)/m.exec(attempt(read, '/proc/self/limits'))?.[1];
  const used = kibibytes(attempt(read, '/proc/self/status'), 'VmSize');
  return limit === undefined || used === undefined ? Infinity : Number(limit) - used;
}

/** What each group that the process is in leaves, outwards: version 2 and version 1, as the kernel documents them. */
function controlGroups(read: ReadSystemFile): number[] {
  const found: number[] = [];
  for (const line of attempt(read, '/proc/self/cgroup').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    const one = controllers!.split(',').includes('memory');
    if (!one && controllers !== '') continue;
    for (let group = path; ; group = posix.dirname(group)) {
      found.push(one ? leftOne(read, group) : leftTwo(read, group));
      if (group === '/') break;
    }
  }
  return found;
}

function leftTwo(read: ReadSystemFile, group: string): number {
  const file = (name: string): string => attempt(read, posix.join('/sys/fs/cgroup', group, name));
  const limit = file('memory.max');
  const cached = field(file('memory.stat'), 'inactive_file');
  return left(limit, file('memory.current'), cached);
}

function leftOne(read: ReadSystemFile, group: string): number {
  const file = (name: string): string => attempt(read, posix.join('/sys/fs/cgroup/memory', group, name));
  const limit = file('memory.limit_in_bytes');
  const cached = field(file('memory.stat'), 'total_inactive_file');
  return left(limit, file('memory.usage_in_bytes'), cached);
}

/** No limit is `max` in version 2 and a number beyond every memory in version 1. */
function left(limit: string, used: string, cached: number): number {
  const [most, now] = [limit, used].map((text) => (/^\d+\s*$/.test(text) ? Number(text) : null));
  return typeof most === 'number' && typeof now === 'number' ? most - now + cached : Infinity;
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

function kibibytes(text: string, name: string): number | undefined {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
  return found === undefined ? undefined : 1024 * Number(found);
}

function attempt(read: ReadSystemFile, path: string): string {
  try {
    return read(path);
  } catch {
    return '';
  }
}
