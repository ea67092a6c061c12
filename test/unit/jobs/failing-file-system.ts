import { nodeFileSystem } from '../../../src-main/durable-file.js';
import type { FileSystem } from '../../../src-main/durable-file.js';

export interface Failure {
  /** Which call fails, counted from 1. */
  readonly call: number;
  /** An error number, or `short`: a write that takes half of what it was given. */
  readonly how: string;
  /** Every call from this one on fails. */
  readonly forever: boolean;
}

/** The real file system, whose n-th call fails, once or for ever. */
export function failingFileSystem(failure: Failure): FileSystem & { calls: number; failed: string[] } {
  const counted = { calls: 0, failed: [] as string[] };
  const names = Object.keys({
    openSync: 0,
    writeSync: 0,
    readSync: 0,
    fstatSync: 0,
    fsyncSync: 0,
    closeSync: 0,
    renameSync: 0,
    unlinkSync: 0,
    readdirSync: 0,
    statfsSync: 0,
    mkdirSync: 0,
  } satisfies { readonly [name in keyof FileSystem]: 0 }) as (keyof FileSystem)[];
  const wrapped = names.map((name) => {
    const real = nodeFileSystem[name].bind(nodeFileSystem) as (...args: unknown[]) => unknown;
    const call = (...args: unknown[]): unknown => {
      counted.calls += 1;
      const fails = failure.forever ? counted.calls >= failure.call : counted.calls === failure.call;
      // Power cuts are not simulated here, so nothing has to wait for the disk.
      if (!fails) return name === 'fsyncSync' ? undefined : real(...args);
      counted.failed.push(name);
      if (failure.how !== 'short') {
        // As the system does it: a descriptor is gone after a failed close.
        if (name === 'closeSync') real(...args);
        throw Object.assign(new Error(`${failure.how}: injected into ${name}`), { code: failure.how });
      }
      if (name !== 'writeSync') return real(...args);
      const [descriptor, bytes, offset, length] = args as [number, Uint8Array, number, number];
      return real(descriptor, bytes, offset, Math.ceil(length / 2));
    };
    return [name, call];
  });
  return Object.assign(counted, Object.fromEntries(wrapped) as unknown as FileSystem);
}
