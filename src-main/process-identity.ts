import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What tells one process from every other, also from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time as the operating system gives it; empty where it cannot be read. */
  readonly started: string;
  /** Identity of this boot of the machine; empty where it cannot be read. */
  readonly boot: string;
}

export function isProcessIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, started, boot } = value as Record<string, unknown>;
  return typeof pid === 'number' && typeof started === 'string' && typeof boot === 'string';
}

let own: ProcessIdentity | undefined;

/** Identity of the running process. */
export function ownIdentity(): ProcessIdentity {
  own ??= { pid: process.pid, started: startOf(process.pid) ?? '', boot: bootIdentity() };
  return own;
}

/** Identity of the process `pid`, or null when there is none (a dead process that nobody has waited for is none). */
export function identityOf(pid: number): ProcessIdentity | null {
  const started = startOf(pid);
  return started === null ? null : { pid, started, boot: bootIdentity() };
}

/** True while exactly this process is alive. */
export function isAlive(identity: ProcessIdentity): boolean {
  // No question to the system, which takes a second on some: whoever asks lives.
  if (isSame(identity, ownIdentity())) return true;
  const boot = bootIdentity();
  if (identity.boot !== '' && boot !== '' && identity.boot !== boot) return false;
  const started = startOf(identity.pid);
  if (started === null) return false;
  return started === '' || identity.started === '' || started === identity.started;
}

function isSame(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.started === b.started && a.boot === b.boot;
}

/** Start time of `pid`; '' when it is alive but its start cannot be read; null when it is not alive. */
function startOf(pid: number): string | null {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  if (process.platform === 'linux') return linuxStart(pid);
  if (!answers(pid)) return null;
  try {
    if (process.platform === 'win32') {
      const command = `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`;
      return query('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', command]);
    }
    return query('ps', ['-o', 'lstart=', '-p', String(pid)]);
  } catch {
    return '';
  }
}

function linuxStart(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return answers(pid) ? '' : null;
  }
  // The name in brackets may hold blanks and brackets itself; the fields after it do not.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  if (state === 'Z' || state === 'X') return null;
  return fields[19] ?? '';
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

let boot: string | undefined;

function bootIdentity(): string {
  boot ??= readBootIdentity();
  return boot;
}

function readBootIdentity(): string {
  try {
    if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    if (process.platform === 'darwin') return query('sysctl', ['-n', 'kern.bootsessionuuid']);
  } catch {
    // Falls through: without it, the start time alone tells processes apart.
  }
  return '';
}

function query(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', timeout: 10_000, windowsHide: true }).trim();
}
