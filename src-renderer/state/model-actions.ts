import type { ModelSummary, RunSummary } from '../../src-main/ipc/contract.js';
import { plural, roughDuration } from '../logic/format.js';
import { confirm } from './confirm.svelte.js';
import { main } from './main-state.svelte.js';
import { attempt, messages } from './problems.svelte.js';
import { deleteRuns } from './run-actions.js';

/** What the user can do with models. They belong to their retraining, so it is the retraining that is deleted. */

/** @returns false when the user keeps them */
export function deleteModels(models: readonly ModelSummary[]): Promise<boolean> {
  const runs = [...new Set(models.map(({ run }) => run))];
  return deleteRuns(runs.flatMap((run): RunSummary | RunSummary[] => main.runsByNumber.get(run) ?? []));
}

/** Seconds that the measurement of one model takes, with the start of its process. */
const SECONDS_EACH = 1;
/** A minute of work is begun without a question. */
const ASKED_FROM = 60;

/** Measures how long an image takes in each of them. */
export async function timeModels(models: readonly number[]): Promise<void> {
  const yes =
    models.length < ASKED_FROM ||
    (await confirm.ask({
      title: `Measure ${plural(models.length, 'model')}?`,
      body: `This takes ${roughDuration(models.length * SECONDS_EACH)} and uses all processor cores. You can cancel it. To measure only some models, select them first.`,
      action: 'Measure',
      danger: false,
    }));
  if (!yes) return;
  const done = await attempt('The times could not be measured', () => window.medforge.invoke('models:time', models));
  if (done) messages.say(`${plural(models.length, 'time')} measured on this computer`);
}

export const cancelTiming = (): Promise<void> =>
  attempt('The measurement could not be cancelled', () => window.medforge.invoke('models:cancelTiming'));
