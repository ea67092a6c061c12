import { byteSize } from '../number-text.js';
import type { BackendName } from '../vocabulary/backend.js';
import type { JobConfig } from '../vocabulary/run-config.js';
import { availableMemory } from './available-memory.js';
import { CHECKPOINTS_KEPT } from './checkpoint.js';
import { diskNeed } from './disk-need.js';
import type { JobContext } from './job.js';
import { bytesNeeded, memoryWarning, requireMemory } from './memory-need.js';

/** Those that are kept, the next one, and as much again, which `save` wants to see free. */
const CHECKPOINTS_AT_ONCE = CHECKPOINTS_KEPT + 2;

/**
 * Says what a run is going to need before it computes: memory where it computes on the processor, and space for its checkpoints.
 * What may not suffice is a warning with what to do.
 * @param size height and width of an image
 * @param available bytes of memory; default: what this process can still get
 * @throws UserError `out-of-memory`, `disk-full` where it is certain that it does not suffice
 */
export function requireWhatItNeeds(
  config: JobConfig,
  size: number,
  backend: BackendName,
  context: Pick<JobContext, 'checkpoints' | 'emit' | 'folder'>,
  available = availableMemory(),
): void {
  const onProcessor = backend === 'native';
  if (onProcessor) requireMemory(config, size, available);
  const { first, largest, models } = diskNeed(config);
  const { free, forCheckpoints } = context.checkpoints.requireRoom(first);
  const disk = CHECKPOINTS_AT_ONCE * largest + models;

  const memory = onProcessor
    ? `about ${byteSize(bytesNeeded(config, size))} of memory (${byteSize(available)} are free) and `
    : '';
  const say = (level: 'info' | 'warning', text: string): void => context.emit({ type: 'log', level, text });
  say('info', `Needs ${memory}up to ${byteSize(disk)} of disk space (${byteSize(free)} are free).`);
  const tight = onProcessor ? memoryWarning(config, size, available) : null;
  if (tight !== null) say('warning', tight);
  if (disk <= forCheckpoints) return;
  say(
    'warning',
    `This run may take ${byteSize(disk)} of the disk that holds ${context.folder}, and ${byteSize(forCheckpoints)} are free for it: it ` +
      'pauses when a checkpoint has no place. Free some space, or use a data folder on another disk (--home).',
  );
}
