import type { DatasetEntry, DatasetHealthState, ExportProgress, WantedCopy } from '../../src-main/ipc/contract.js';
import { copyText } from '../logic/dataset-health.js';
import { attempt, messages } from './problems.svelte.js';
import { view } from './view.svelte.js';

/** As long it is offered to check a copy that was just made. */
const OFFERED_SECONDS = 60;

/** What is known of the health of datasets, and what is being found out or made of them, by their ids. */
class DatasetChecks {
  #states = $state.raw<ReadonlyMap<string, DatasetHealthState>>(new Map());
  #working = $state.raw<ReadonlyMap<string, ExportProgress>>(new Map());

  /** Undefined until it was asked for. */
  stateOf(id: string): DatasetHealthState | undefined {
    return this.#states.get(id);
  }

  /** Null: nothing is going. */
  progressOf(id: string): ExportProgress | null {
    return this.#working.get(id) ?? null;
  }

  tell(dataset: string, progress: ExportProgress | null): void {
    const others = [...this.#working].filter(([id]) => id !== dataset);
    this.#working = new Map(progress === null ? others : [...others, [dataset, progress]]);
  }

  async load(id: string): Promise<void> {
    const found = await attempt('The health report could not be read', () =>
      window.medforge.invoke('datasets:health', id),
    );
    if (found) this.#keep(id, found);
  }

  async check({ id, name }: DatasetEntry): Promise<void> {
    this.tell(id, { step: 'reading the images', done: 0, total: 1000 });
    const found = await attempt(`“${name}” could not be checked`, () => window.medforge.invoke('datasets:check', id));
    this.tell(id, null);
    if (found) this.#keep(id, found);
    if (found === null) messages.say('The check was cancelled');
  }

  /** Makes a cleaned copy and shows it. @throws what main refuses */
  async clean(id: string, wanted: WantedCopy): Promise<'made' | 'cancelled'> {
    this.tell(id, { step: 'reading the images', done: 0, total: 3 });
    try {
      const made = await window.medforge.invoke('datasets:clean', id, wanted);
      if (made === null) return 'cancelled';
      const { entry, cleaned } = made;
      view.dataset = entry.id;
      view.go('datasets');
      messages.offer(
        {
          text: copyText(entry.name, cleaned.removed),
          tone: 'done',
          action: 'Check the copy',
          act: () => void this.check(entry),
        },
        OFFERED_SECONDS,
      );
      return 'made';
    } finally {
      this.tell(id, null);
    }
  }

  stop(id: string): void {
    void attempt('It could not be stopped', () => window.medforge.invoke('datasets:stop', id));
  }

  #keep(id: string, state: DatasetHealthState): void {
    this.#states = new Map([...this.#states, [id, state]]);
  }
}

export const datasetChecks = new DatasetChecks();
