import type { FrontQuestion } from '../../src-main/ipc/contract.js';
import type { Standing } from '../../src-main/display/front.js';
import { frontOf } from '../logic/leaderboard.js';
import { errorText } from './problems.svelte.js';

/** Long enough for the one who turns through figures and costs. */
const PAUSE_MILLISECONDS = 250;

/**
 * The front of a leaderboard: by the intervals of each model at once, and image by image as soon as another process has compared
 * those whose intervals leave it open.
 */
export class ModelFront {
  #answer = $state.raw<{
    readonly of: string;
    readonly standings: ReadonlyMap<number, Standing>;
    readonly unpaired: ReadonlySet<number>;
  } | null>(null);
  #problem = $state.raw({ of: '', text: '' });
  readonly #question: () => FrontQuestion;
  readonly #key: string;
  readonly #first: ReadonlyMap<number, Standing>;

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

  /** By model. */
  get standings(): ReadonlyMap<number, Standing> {
    return this.#answer?.of === this.#key ? this.#answer.standings : this.#first;
  }

  /** Models that were judged by the intervals of each by itself, because one of the two has kept no predictions. */
  get unpaired(): ReadonlySet<number> {
    return this.#answer?.of === this.#key ? this.#answer.unpaired : new Set();
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
      const { standings, unpaired } = await window.medforge.invoke('models:front', JSON.parse(key) as FrontQuestion);
      if (key !== this.#key) return;
      this.#answer = {
        of: key,
        standings: new Map(standings.map(({ model, standing }) => [model, standing])),
        unpaired: new Set(unpaired),
      };
    } catch (error) {
      this.#problem = { of: key, text: errorText(error) };
    }
  }
}
