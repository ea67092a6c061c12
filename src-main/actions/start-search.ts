import type { RunOptions, StoredDataset, WritableHistory } from '../history/interface.js';
import { checkedRunName } from './label-run.js';
import { searchConfig, type DatasetFacts, type SearchChoices } from '../jobs/search-config.js';

/** A checked dataset file, as it was inspected or as the history keeps it. */
export type SearchDataset = DatasetFacts & { readonly synthetic: boolean };

export function searchDataset(stored: StoredDataset): SearchDataset {
  const { id, name, path, sha256, bytes, channels, labels, samples, synthetic } = stored;
  const catalogueId = id.startsWith('file:') ? null : id;
  return { name, path, sha256, bytes, channels, classes: labels.length, catalogueId, samples, synthetic };
}

/**
 * Creates the run of a search. The caller runs it: the command line in its own process, the window through its queue.
 * @returns its number
 * @throws UserError `search-setting`, `run-name`, `search-budget`, `disk-full`, `home-unwritable`
 */
export function startSearch(
  history: WritableHistory,
  dataset: SearchDataset,
  choices: SearchChoices,
  options: Pick<RunOptions, 'name' | 'queue'> = {},
): number {
  return history.createRun(searchConfig(dataset, choices), {
    ...options,
    name: checkedRunName(options.name),
    synthetic: dataset.synthetic,
  });
}
