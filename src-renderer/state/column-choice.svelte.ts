import type { ColumnChoice } from '../logic/table-columns.js';

/** Which columns of a table the user has chosen, remembered beside the other settings of this window. */
class ChosenColumns {
  readonly #key: string;
  #choice = $state.raw<ColumnChoice>(null);

  constructor(table: string) {
    this.#key = `columns.${table}`;
    this.#choice = read(this.#key);
  }

  /** Null: as many as fit. */
  get choice(): ColumnChoice {
    return this.#choice;
  }
  set choice(choice: ColumnChoice) {
    this.#choice = choice;
    if (choice === null) localStorage.removeItem(this.#key);
    else localStorage.setItem(this.#key, JSON.stringify(choice));
  }
}

/** What is not a list of texts, of a later version maybe, is as if nothing had been chosen. */
function read(key: string): ColumnChoice {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    return Array.isArray(found) && found.every((item) => typeof item === 'string') ? found : null;
  } catch {
    return null;
  }
}

export const historyColumns = new ChosenColumns('history');
export const leaderboardColumns = new ChosenColumns('leaderboard');
