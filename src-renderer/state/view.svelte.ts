import type { RememberedView } from '../../src-main/ipc/contract.js';
import { attempt } from './problems.svelte.js';

export type Place = RememberedView['place'];

/** What one can come back to. */
interface Stop {
  readonly place: Place;
  readonly run: number | null;
  readonly compared: readonly number[];
  readonly board: boolean;
}

/** Ways back that are kept. */
const DEEPEST = 50;

/** Where the user is. Remembered by main, so that the next start opens here. */
class View {
  place = $state<Place>('search');
  /** Run open in Search or History; null = the form or the table. */
  run = $state<number | null>(null);
  compared = $state.raw<readonly number[]>([]);
  /** Models shows the leaderboard instead of one model. */
  board = $state(false);
  dataset = $state<string | null>(null);
  model = $state<number | null>(null);
  /** Name of the study that is shown; null: the first of the list. */
  study = $state<string | null>(null);
  #back: Stop[] = [];
  #forward: Stop[] = [];

  go(place: Place, run: number | null = null): void {
    this.#leave();
    this.#show({ place, run, compared: [], board: false });
  }

  compare(runs: readonly number[]): void {
    this.#leave();
    this.#show({ place: 'history', run: null, compared: runs, board: false });
  }

  openBoard(): void {
    this.#leave();
    this.#show({ place: 'models', run: null, compared: [], board: true });
  }

  openRun(run: number): void {
    this.go(this.place === 'history' ? 'history' : 'search', run);
  }

  searchWith(dataset: string): void {
    this.dataset = dataset;
    this.go('search');
  }

  openStudy(study: string): void {
    this.study = study;
    this.go('studies');
  }

  openModel(model: number | null): void {
    this.model = model;
    this.go('models');
  }

  /** Where the user was before. */
  back(): void {
    const stop = this.#back.pop();
    if (stop) this.#forward.push(this.#here());
    this.#show(stop ?? { ...this.#here(), run: null, compared: [], board: false });
  }

  forward(): void {
    const stop = this.#forward.pop();
    if (!stop) return;
    this.#back.push(this.#here());
    this.#show(stop);
  }

  /** Whether something of a place is open, and not the place itself. */
  get inside(): boolean {
    return this.run !== null || this.compared.length > 0 || this.board;
  }

  /** Out of a run, a comparison or the leaderboard: back to where it was opened, if that was in the same place, else to the place itself. */
  up(): void {
    if (!this.inside) return;
    if (this.#back.at(-1)?.place === this.place) this.back();
    else this.go(this.place);
  }

  #here(): Stop {
    return { place: this.place, run: this.run, compared: this.compared, board: this.board };
  }

  #leave(): void {
    this.#back = [...this.#back, this.#here()].slice(-DEEPEST);
    this.#forward = [];
  }

  #show({ place, run, compared, board }: Stop): void {
    this.place = place;
    this.run = run;
    this.compared = compared;
    this.board = board;
    void attempt(
      'The current view could not be saved',
      () => window.medforge.invoke('app:remember', { place, run }),
      true,
    );
  }
}

export const view = new View();
