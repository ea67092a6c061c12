import type { RememberedView } from '../../src-main/ipc/contract.js';
import { attempt } from './problems.svelte.js';

export type Place = RememberedView['place'];

/** Where the user is. Remembered by main, so that the next start opens here. */
class View {
  place = $state<Place>('search');
  /** Run open in Search or History; null = the form or the table. */
  run = $state<number | null>(null);
  compared = $state.raw<readonly number[]>([]);
  dataset = $state<string | null>(null);
  model = $state<number | null>(null);

  go(place: Place, run: number | null = null): void {
    this.place = place;
    this.run = run;
    this.compared = [];
    void attempt('The current view could not be saved', () => window.medforge.invoke('app:remember', { place, run }));
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
}

export const view = new View();
