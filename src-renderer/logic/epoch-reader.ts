import type { EpochRecord, PushChannels, RunEpochs } from '../../src-main/ipc/contract.js';
import { addEpochs, EMPTY_EPOCHS, type EpochList } from './epoch-list.js';

type Written = Omit<PushChannels['epochs:written'][number], 'run'>;

/**
 * The epochs of one run as the window has them: read from the history, and read on when more are there. It asks one question
 * at a time, for what lies after its own position, so it does not matter which messages come, how often and in which order.
 */
export class EpochReader {
  #list = EMPTY_EPOCHS;
  #position = 0;
  #answered = false;
  #asking: Promise<void> | null = null;
  #wanted: 'nothing' | 'more' | 'all' = 'nothing';

  /**
   * @param ask for the epochs after a position
   * @param changed gets all epochs, and those of them that are news: not of an answer that has all
   */
  constructor(
    private readonly ask: (after: number) => Promise<RunEpochs>,
    private readonly changed: (list: EpochList, fresh: readonly EpochRecord[]) => void,
  ) {}

  /** Reads everything, now or when the question that is under way was answered. Rejects as `ask` does. */
  read(): Promise<void> {
    this.#wanted = 'all';
    return (this.#asking ??= this.#answer());
  }

  /** The history has epochs up to a position. */
  written({ position, again }: Written): Promise<void> {
    if (again) return this.read();
    if (position <= this.#position) return this.#asking ?? Promise.resolve();
    if (this.#wanted === 'nothing') this.#wanted = 'more';
    return (this.#asking ??= this.#answer());
  }

  async #answer(): Promise<void> {
    try {
      while (this.#wanted !== 'nothing') {
        const all = this.#wanted === 'all';
        this.#wanted = 'nothing';
        const { position, epochs, traces } = await this.ask(all ? 0 : this.#position);
        this.#list = addEpochs(all ? EMPTY_EPOCHS : this.#list, epochs, traces);
        this.#position = position;
        const isNews = this.#answered && !all;
        this.#answered = true;
        this.changed(this.#list, isNews ? epochs : []);
      }
    } finally {
      this.#asking = null;
    }
  }
}
