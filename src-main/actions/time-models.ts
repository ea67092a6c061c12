import { UserError } from '../errors.js';
import type { WritableHistory } from '../history/interface.js';
import type { TimingRequest } from '../jobs/model-timing.js';
import type { Timing } from '../vocabulary/model.js';

export interface TimingContext {
  readonly history: WritableHistory;
  /** In this process or in another one: `timeModel` of `jobs/model-timing.ts`. */
  readonly time: (request: TimingRequest) => Promise<Timing>;
  /** Before each model, and at the end. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Measures how long an image takes in each model, one after the other, and keeps it with the machine's name and the threads.
 * @throws UserError `timing-busy` while a run computes, which would make every time wrong; `model-unknown`, `model-missing`
 *   and the like of a model's file; the signal's reason
 */
export async function timeModels(
  { history, time, onProgress, signal }: TimingContext,
  models: readonly number[],
  threads: number,
): Promise<Timing[]> {
  const timings: Timing[] = [];
  for (const [done, model] of models.entries()) {
    signal?.throwIfAborted();
    const [running] = history.listRuns({ states: ['running'] });
    if (running) {
      throw new UserError(
        'timing-busy',
        `Run ${running.run} (${running.name}) is running, so the times would be wrong: measure after it has ended, or pause it.`,
      );
    }
    onProgress?.(done, models.length);
    const timing = await time({ model: history.getModel(model).file, threads });
    history.keepTiming(model, timing);
    timings.push(timing);
  }
  onProgress?.(models.length, models.length);
  return timings;
}
