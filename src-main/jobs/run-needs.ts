import { byteSize } from '../number-text.js';
import type { BackendName } from '../vocabulary/backend.js';
import type { JobConfig } from '../vocabulary/run-config.js';
import { availableMemory } from './available-memory.js';
import { CHECKPOINTS_KEPT, FolderCheckpoints } from './checkpoint.js';
import { diskNeed } from './disk-need.js';
import type { Door } from './door.js';
import type { DiskCheckpoints, DiskRoom, JobContext } from './job.js';
import { bytesNeeded, memoryWarning, requireMemory } from './memory-need.js';

/** Those that are kept, the next one, and as much again, which `save` wants to see free. */
const CHECKPOINTS_AT_ONCE = CHECKPOINTS_KEPT + 2;

/** Bytes that are needed at most, about, and those that are free. */
interface Need {
  readonly needed: number;
  readonly free: number;
}

/** What a run is going to need, as far as it is known beforehand. */
export interface RunNeeds {
  /**
   * Of the whole process, the program and its dataset, which are in memory already, too. Null where another device than the processor
   * computes.
   */
  readonly memory: Need | null;
  readonly disk: Need;
  /** What may not suffice, with what to do, a sentence or two each. */
  readonly warnings: readonly string[];
}

/** How it is chosen. */
const OTHER_FOLDER: Readonly<Record<Door, string>> = {
  terminal: 'use a data folder on another disk (--home)',
  window: 'use a data folder on another disk (see Settings, Data folder)',
};

/** A run, and where it would lie. */
export interface Planned {
  readonly config: JobConfig;
  /** Height and width of an image. */
  readonly size: number;
  readonly backend: BackendName;
  /** On the disk that takes its checkpoints. */
  readonly folder: string;
  readonly door: Door;
}

/**
 * @param room on the disk of the run
 * @param available bytes of memory; default: what this process can still get
 * @throws UserError `out-of-memory` where it is certain that it does not suffice
 */
function needsOf({ config, size, backend, folder, door }: Planned, room: DiskRoom, available: number): RunNeeds {
  const onProcessor = backend === 'native';
  if (onProcessor) requireMemory(config, size, available);
  const resident = process.memoryUsage.rss();
  const { largest, models } = diskNeed(config);
  const disk = CHECKPOINTS_AT_ONCE * largest + models;
  const tight = onProcessor ? memoryWarning(config, size, available) : null;
  const narrow =
    disk <= room.forCheckpoints
      ? null
      : `This run may need ${byteSize(disk)} on the disk of ${folder}, but only ${byteSize(room.forCheckpoints)} is free for it: it ` +
        `pauses if there is no space for a checkpoint. Free some space, or ${OTHER_FOLDER[door]}.`;
  return {
    memory: onProcessor ? { needed: resident + bytesNeeded(config, size), free: resident + available } : null,
    disk: { needed: disk, free: room.free },
    warnings: [tight, narrow].filter((warning) => warning !== null),
  };
}

/**
 * What a run would need that is not there yet.
 * @param planned its `folder` is the data folder
 * @throws UserError `out-of-memory`, `disk-full` where it is certain that it does not suffice
 */
export function foreseenNeeds(planned: Planned, available = availableMemory()): RunNeeds {
  const identity = { run: 0, configSha256: '', datasetSha256: planned.config.dataset.sha256 };
  const checkpoints = new FolderCheckpoints({ folder: planned.folder, identity });
  return needsOf(planned, checkpoints.requireRoom(diskNeed(planned.config).first), available);
}

/** Where a run lies, and whom it tells. */
export type NeedsContext = Pick<JobContext, 'emit' | 'folder' | 'door'> & {
  readonly checkpoints: Pick<DiskCheckpoints, 'requireRoom'>;
};

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
  context: NeedsContext,
  available = availableMemory(),
): void {
  const { folder, door = 'terminal' } = context;
  const planned = { config, size, backend, folder, door };
  const needs = needsOf(planned, context.checkpoints.requireRoom(diskNeed(config).first), available);
  const say = (level: 'info' | 'warning', text: string): void => context.emit({ type: 'log', level, text });
  say('info', needsText(needs));
  for (const warning of needs.warnings) say('warning', warning);
}

/** "Needs about 1.2 GB of memory (3.4 GB are free) and up to 56 MB of disk space (20 GB are free)." */
export function needsText({ memory, disk }: RunNeeds): string {
  const ofMemory = memory ? `about ${byteSize(memory.needed)} of memory (${byteSize(memory.free)} free) and ` : '';
  return `Needs ${ofMemory}up to ${byteSize(disk.needed)} of disk space (${byteSize(disk.free)} free).`;
}
