import type { Snapshot } from '../../../src-main/compute/snapshot.js';
import type { Dataset } from '../../../src-main/datasets/dataset.js';
import { hostHere } from '../../../src-main/jobs/host-here.js';
import type { JobContext } from '../../../src-main/jobs/job.js';
import type { JobControl, JobEvent } from '../../../src-main/vocabulary/events.js';

type Saved = NonNullable<Awaited<ReturnType<JobContext['checkpoints']['latest']>>>;

/** A run whose checkpoints are kept in memory, as a file would give them back. */
export class MemoryRun implements JobContext {
  readonly run = 1;
  readonly folder = '';
  readonly events: JobEvent[] = [];
  readonly saved: Saved[] = [];
  asked = 0;

  constructor(
    private readonly images: Dataset,
    readonly decide: (question: number) => JobControl = () => 'continue',
  ) {}

  readonly checkpoints = {
    latest: () => Promise.resolve(this.saved.at(-1) ?? null),
    requireRoom: () => ({ free: 1e12, forCheckpoints: 1e12 }),
    save: (epoch: number, { values, arrays }: Snapshot): Promise<string> => {
      const copy = {
        values: JSON.parse(JSON.stringify(values)) as Snapshot['values'],
        arrays: structuredClone(arrays),
      };
      this.saved.push({ epoch, snapshot: copy, file: `checkpoint ${this.saved.length}` });
      return Promise.resolve(this.saved.at(-1)!.file);
    },
  };
  readonly host = hostHere(this);
  dataset(): Promise<Dataset> {
    return Promise.resolve(this.images);
  }
  emit(event: JobEvent): void {
    this.events.push(event);
  }
  control(): JobControl {
    return this.decide(this.asked++);
  }
}
