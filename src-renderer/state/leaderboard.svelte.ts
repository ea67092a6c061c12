import type { ModelOrder } from '../logic/leaderboard.js';

/** What is chosen and how it is sorted in the leaderboard. Lives as long as the window. */
class LeaderboardState {
  /** Dataset file by its contents; null: that of the newest model. */
  sha256 = $state<string | null>(null);
  filter = $state('');
  order = $state.raw<ModelOrder>({ column: 'balancedAccuracy', descending: true });
  chosen = $state.raw<ReadonlySet<number>>(new Set());
  current = $state<number | null>(null);
  figure = $state('balancedAccuracy');
  cost = $state('parameters');
  /** The two models whose difference is shown. */
  compared = $state.raw<readonly [number, number] | null>(null);

  toggle(model: number): void {
    const others = [...this.chosen].filter((other) => other !== model);
    this.chosen = new Set(this.chosen.has(model) ? others : [...others, model]);
  }

  /** All of these, or none of them when all are chosen already. */
  toggleAll(models: readonly number[]): void {
    this.chosen = models.every((model) => this.chosen.has(model)) ? new Set() : new Set(models);
  }
}

export const board = new LeaderboardState();
