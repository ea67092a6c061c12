import type { RunFilter, SortOrder } from '../logic/run-table.js';

/** What is chosen and how it is sorted in the history. Lives as long as the window. */
class History {
  filter = $state.raw<RunFilter>({ text: '', state: 'all' });
  order = $state.raw<SortOrder>({ column: 'createdAt', descending: true });
  chosen = $state.raw<ReadonlySet<number>>(new Set());
  current = $state<number | null>(null);
  /** The details of the current run are shown; closed by the user, they come back with another run or a click. */
  details = $state(true);

  setCurrent(run: number, clicked: boolean): void {
    if (clicked || run !== this.current) this.details = true;
    this.current = run;
  }

  toggle(run: number): void {
    const others = [...this.chosen].filter((other) => other !== run);
    this.chosen = new Set(this.chosen.has(run) ? others : [...others, run]);
  }

  /** All of these, or none of them when all are chosen already. */
  toggleAll(runs: readonly number[]): void {
    this.chosen = runs.every((run) => this.chosen.has(run)) ? new Set() : new Set(runs);
  }
}

export const history = new History();
