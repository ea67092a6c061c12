import type { Preferences } from '../../src-main/ipc/contract.js';
import { writeNumbers } from '../logic/format.js';
import { attempt } from './problems.svelte.js';

/** What the user prefers; main keeps it. */
class PreferencesState {
  /** There before anything is shown. */
  now = $state.raw<Preferences>()!;

  take(preferences: Preferences): void {
    writeNumbers(preferences.numbers);
    this.now = preferences;
  }

  /** Takes effect at once. */
  async change(change: Partial<Preferences>): Promise<void> {
    this.take({ ...this.now, ...change });
    await attempt('The settings could not be saved', () => window.medforge.invoke('app:prefer', this.now));
  }
}

export const preferences = new PreferencesState();
