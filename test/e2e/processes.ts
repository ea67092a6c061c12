import { readFileSync, readdirSync } from 'node:fs';

/** Process numbers of the workers that compute for a main process, by what the system says of its descendants. */
export function workersOf(main: number): number[] {
  const parents = new Map<number, { parent: number; command: string }>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      parents.set(Number(pid), { parent: Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]), command });
    } catch {
      // It has ended since.
    }
  }
  const isBelow = (pid: number): boolean => {
    for (let at = pid; at > 1; at = parents.get(at)?.parent ?? 0) if (at === main) return true;
    return false;
  };
  return [...parents]
    .filter(([pid, { command }]) => command.includes('node.mojom.NodeService') && isBelow(pid))
    .map(([pid]) => pid);
}

/** Whether a process lives; one that only waits for its parent does not. */
export const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
