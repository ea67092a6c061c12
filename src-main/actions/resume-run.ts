import type { ReadableHistory, WritableHistory } from '../history/interface.js';
import type { BackendChoice, BackendName, GpuFaultChoice } from '../vocabulary/backend.js';
import { backendOf } from '../vocabulary/run-config.js';

/** What may be changed of a run that goes on; what is not given stays. */
export interface ResumeChoices {
  readonly backend?: BackendName | undefined;
  readonly onGpuFault?: GpuFaultChoice | undefined;
}

/** What a run is going to compute on. @throws UserError `run-unknown` */
export function backendOfRun(history: ReadableHistory, run: number): BackendChoice {
  return backendOf(history.getRun(run).config);
}

/**
 * Keeps with a run what it goes on with. The caller resumes it.
 * @returns what changes, in words; null where nothing does
 * @throws UserError `run-unknown`
 */
export function chooseForResume(
  history: WritableHistory,
  run: number,
  { backend, onGpuFault }: ResumeChoices,
): string | null {
  const before = backendOfRun(history, run);
  const engine = {
    ...(backend !== undefined && { decidedBackend: backend }),
    ...(onGpuFault !== undefined && { onGpuFault }),
  };
  if (Object.keys(engine).length > 0) history.setEngine(run, engine);
  return backend === undefined || backend === before
    ? null
    : `Run ${run} goes on with ${backend}, instead of ${before}.`;
}
