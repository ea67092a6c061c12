import { hardwareBackends } from '../compute/hardware.js';
import { backendOf, type JobConfig } from '../vocabulary/run-config.js';
import type { BackendDecision } from './backend-timing.js';
import type { JobContext } from './job.js';

/**
 * What a run with `auto` computes on, decided once: the faster of `native` and what computes on hardware of its own, by real steps of
 * this run. Null where nothing is to be decided: another backend was chosen, the run has begun, or there is no such hardware, which
 * takes no time to see.
 * @throws Stopped on a pause or cancel meanwhile
 */
export async function decideBackend(
  config: JobConfig,
  context: Pick<JobContext, 'checkpoints' | 'dataset' | 'control'>,
): Promise<BackendDecision | null> {
  if (backendOf(config) !== 'auto') return null;
  const candidates = await hardwareBackends();
  if (candidates.length === 0 || (await context.checkpoints.latest()) !== null) return null;
  const { timeBackends, faster } = await import('./backend-timing.js');
  return faster(await timeBackends(['native', ...candidates], config, await context.dataset(), context));
}
