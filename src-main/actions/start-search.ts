import type { RunOptions, StoredDataset, WritableHistory } from '../history/interface.js';
import { searchConfig, type DatasetFacts, type SearchChoices } from '../jobs/search-config.js';
import { catalogueIdOf } from './add-dataset.js';
import { checkedRunName } from './label-run.js';
import type { MeasuredTimes } from './measured-times.js';

/** A checked dataset file, as it was inspected or as the history keeps it. */
export type SearchDataset = DatasetFacts & { readonly synthetic: boolean };

export function searchDataset(stored: StoredDataset): SearchDataset {
  const { id, name, path, sha256, bytes, channels, labels, size, horizontalFlip, samples, synthetic } = stored;
  const catalogueId = catalogueIdOf(id);
  const facts = { name, path, sha256, bytes, channels, labels, size, horizontalFlip, samples, synthetic };
  return { ...facts, classes: labels.length, catalogueId };
}

/**
 * Creates the run of a search. The caller runs it: the command line in its own process, the window through its queue.
 * @param options.times what was measured of this very search is kept with it until it runs
 * @returns its number
 * @throws UserError `search-setting`, `run-name`, `search-budget`, `disk-full`, `home-unwritable`
 */
export function startSearch(
  history: WritableHistory,
  dataset: SearchDataset,
  choices: SearchChoices,
  { name, queue, task, times }: Pick<RunOptions, 'name' | 'queue' | 'task'> & { readonly times?: MeasuredTimes } = {},
): number {
  const config = searchConfig(dataset, choices);
  return history.createRun(config, {
    name: checkedRunName(name),
    queue: queue ?? false,
    task,
    synthetic: dataset.synthetic,
    secondsLeft: times?.of(config) ?? null,
  });
}
