import { UserError } from '../errors.js';
import { backendOf, type JobConfig } from '../vocabulary/run-config.js';

/** What an error of the graphics card is called; `out-of-memory` is one of the card only where that computes. */
const KINDS: ReadonlySet<string> = new Set([
  'gpu-fault',
  'gpu-lost',
  'gpu-timeout',
  'compute-page-ended',
  'out-of-memory',
]);

/** Whether it was the graphics card that ended the run, not what the run computes. */
export function isGpuFault(error: unknown, config: JobConfig): error is UserError {
  return error instanceof UserError && KINDS.has(error.kind) && backendOf(config) === 'webgpu';
}

/** The fault with what goes on after it. @param epoch the last one in a checkpoint, 0 without one */
export function goesOnText(fault: UserError, epoch: number): string {
  const from = epoch === 0 ? 'from the beginning' : `from the checkpoint of epoch ${epoch}`;
  return `${fault.message} The run goes on ${from} on native, as --on-gpu-fault says.`;
}

/** The fault with what to do, where the run stops. */
export function stoppedByFault(fault: UserError, run: number): UserError {
  const { message, inWindow = message } = fault;
  return new UserError(
    fault.kind,
    `${message} To continue on the processor, run 'medforge resume ${run} --backend native'; ` +
      `to try the card again, 'medforge resume ${run}'.`,
    { cause: fault, inWindow: `${inWindow} Its last checkpoint is kept: resume the run to continue.` },
  );
}
