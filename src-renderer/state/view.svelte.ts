import type { RememberedView } from '../../src-main/ipc/contract.js';
import { attempt } from './problems.svelte.js';

export type Place = RememberedView['place'];

/** What one can come back to. */
interface Stop {
  readonly place: Place;
  readonly run: number | null;
  readonly compared: readonly number[];
}

/** Ways back that are kept. */
const DEEPEST = 50;

/** Where the user is. Remembered by main, so that the next start opens here. */
class View {
  place = $state<Place>('search');
  /** Run open in Search or History; null = the form or the table. */
  run = $state<number | null>(null);
  compared = $state.raw<readonly number[]>([]);
  dataset = $state<string | null>(null);
  model = $state<number | null>(null);
  #back: Stop[] = [];
  #forward: Stop[] = [];

  go(place: Place, run: number | null = null): void {
    this.#leave();
    this.#show({ place, run, compared: [] });
  }

  compare(runs: readonly number[]): void {
    this.#leave();
    this.#show({ place: 'history', run: null, compared: runs });
  }

  openRun(run: number): void {
    this.go(this.place === 'history' ? 'history' : 'search', run);
  }

  searchWith(dataset: string): void {
    this.dataset = dataset;
    this.go('search');
  }

  openModel(model: number | null): void {
    this.model = model;
    this.go('models');
  }

  /** Where the user was before. */
  back(): void {
    const stop = this.#back.pop();
    if (stop) this.#forward.push(this.#here());
    this.#show(stop ?? { ...this.#here(), run: null, compared: [] });
  }

  forward(): void {
    const stop = this.#forward.pop();
    if (!stop) return;
    this.#back.push(this.#here());
    this.#show(stop);
  }

  /** Out of a run or a comparison: back to where it was opened, if that was in the same place, else to the place itself. */
  up(): void {
    if (this.run === null && this.compared.length === 0) return;
    if (this.#back.at(-1)?.place === this.place) this.back();
    else this.go(this.place);
  }

  #here(): Stop {
    return { place: this.place, run: this.run, compared: this.compared };
  }

  #leave(): void {
    this.#back = [...this.#back, this.#here()].slice(-DEEPEST);
    this.#forward = [];
  }

  #show({ place, run, compared }: Stop): void {
    this.place = place;
    this.run = run;
    this.compared = compared;
    void attempt('The current view could not be saved', () => window.medforge.invoke('app:remember', { place, run }));
  }
}

export const view = new View();
