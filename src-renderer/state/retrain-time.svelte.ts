import type { RetrainEstimate, RetrainRequest } from '../../src-main/ipc/contract.js';
import { errorText } from './problems.svelte.js';

const keyOf = (request: RetrainRequest): string => JSON.stringify({ ...request, name: undefined });

/** How long a retraining will take, of the settings that were measured and never of others. */
export class RetrainTime {
  measuring = $state(false);
  #answer = $state.raw<{ readonly of: string; readonly estimate: RetrainEstimate | null; readonly problem: string }>({
    of: '',
    estimate: null,
    problem: '',
  });
  #asked = 0;

  /** Null: not measured. */
  of(request: RetrainRequest): RetrainEstimate | null {
    return this.#answer.of === keyOf(request) ? this.#answer.estimate : null;
  }

  /** Why it could not be measured; '' when it was not tried. */
  problemOf(request: RetrainRequest): string {
    return this.#answer.of === keyOf(request) ? this.#answer.problem : '';
  }

  /** Measures a few steps. Only the answer to the last question counts. */
  async measure(request: RetrainRequest): Promise<void> {
    const asked = ++this.#asked;
    const of = keyOf(request);
    this.measuring = true;
    let answer;
    try {
      answer = { of, estimate: await window.medforge.invoke('retrain:estimate', request), problem: '' };
    } catch (error) {
      answer = { of, estimate: null, problem: errorText(error) };
    }
    if (asked !== this.#asked) return;
    this.#answer = answer;
    this.measuring = false;
  }
}
