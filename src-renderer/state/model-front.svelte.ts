import type { FrontQuestion } from '../../src-main/ipc/contract.js';
import { byModel, frontOf, type StandingsByModel } from '../logic/leaderboard.js';
import { errorText } from './problems.svelte.js';

/** Long enough for the one who turns through figures and costs. */
const PAUSE_MILLISECONDS = 250;

/**
 * The front of a leaderboard: by the intervals of each model at once, and image by image as soon as another process has compared
 * those whose intervals leave it open.
 */
export class ModelFront {
  #answer = $state.raw<{ readonly of: string; readonly found: StandingsByModel } | null>(null);
  #problem = $state.raw({ of: '', text: '' });
  readonly #question: () => FrontQuestion;
  readonly #key: string;
  readonly #first: StandingsByModel;

  constructor(question: () => FrontQuestion) {
    this.#question = question;
    this.#key = $derived(JSON.stringify(this.#question()));
    this.#first = $derived(frontOf(JSON.parse(this.#key) as FrontQuestion));
    $effect(() => {
      const key = this.#key;
      if (this.#answer?.of === key) return;
      const timer = setTimeout(() => void this.#ask(key), PAUSE_MILLISECONDS);
      return () => clearTimeout(timer);
    });
  }

  get found(): StandingsByModel {
    return this.#answer?.of === this.#key ? this.#answer.found : this.#first;
  }

  get state(): 'comparing' | 'compared' | 'failed' {
    if (this.#answer?.of === this.#key) return 'compared';
    return this.#problem.of === this.#key ? 'failed' : 'comparing';
  }

  /** Why they could not be compared image by image. */
  get problem(): string {
    return this.#problem.of === this.#key ? this.#problem.text : '';
  }

  async #ask(key: string): Promise<void> {
    try {
      const front = await window.medforge.invoke('models:front', JSON.parse(key) as FrontQuestion);
      if (key === this.#key) this.#answer = { of: key, found: byModel(front) };
    } catch (error) {
      this.#problem = { of: key, text: errorText(error) };
    }
  }
}
