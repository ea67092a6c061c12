import type { RunDetails, RunEpochs } from '../../src-main/ipc/contract.js';
import { attempt } from './problems.svelte.js';

export interface CompareEntry {
  readonly details: RunDetails;
  readonly epochs: RunEpochs;
  /** Colour token of the run in every chart of the comparison. */
  readonly colour: string;
}

const COLOURS = 6;
const AT_ONCE = 8;

/** Details and epochs of the runs that are compared; a run that cannot be read is named and left out. */
export class Comparison {
  entries = $state.raw<readonly CompareEntry[]>([]);
  loading = $state(true);

  constructor(readonly runs: readonly number[]) {}

  async load(): Promise<void> {
    const entries: CompareEntry[] = [];
    for (let from = 0; from < this.runs.length; from += AT_ONCE) {
      const part = await Promise.all(this.runs.slice(from, from + AT_ONCE).map((run) => this.#read(run)));
      for (const read of part) {
        if (read) entries.push({ ...read, colour: `--series-${(entries.length % COLOURS) + 1}` });
      }
    }
    this.entries = entries;
    this.loading = false;
  }

  #read(run: number): Promise<Omit<CompareEntry, 'colour'> | undefined> {
    return attempt(`Run #${run} could not be read`, async () => {
      const [details, epochs] = await Promise.all([
        window.medforge.invoke('runs:details', run),
        window.medforge.invoke('runs:epochs', run, 0),
      ]);
      return { details, epochs };
    });
  }
}
