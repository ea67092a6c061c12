import { UserError } from '../../errors.js';
import type { Dataset } from '../../datasets/dataset.js';
import type { JobEvent } from '../../vocabulary/events.js';
import type { JobConfig } from '../../vocabulary/run-config.js';
import { nextTurn } from '../../next-turn.js';
import type { Jobs } from '../execute.js';
import type { JobContext, JobOutcome } from '../job.js';
import { Liveness } from '../liveness.js';
import { Stopped } from '../stopped.js';
import {
  detach,
  packError,
  parseArguments,
  parseFromPage,
  unpackError,
  type Answers,
  type FromPage,
  type Question,
  type ToPage,
} from './messages.js';
import type { JobPort } from './port.js';

/** How often it is looked whether the run is to pause or to end. */
const CONTROL_MILLISECONDS = 100;
const SECOND = 1000;
/** Events that say that at least one step has ended. */
const STEPS: ReadonlySet<JobEvent['type']> = new Set(['progress', 'epoch', 'race']);

/** Why a page is gone, with the kind of the error that it ends the run with. */
export interface PageEnd {
  readonly kind: 'compute-page-ended' | 'out-of-memory';
  readonly how: string;
}

/** The jobs of a run whose arithmetic is done by a page: this process keeps what has to do with files. */
export interface PageJobs {
  readonly jobs: Jobs;
  /** The page is gone; the run ends with its error. */
  ended(end: PageEnd): void;
}

/**
 * @param port to the page
 * @param silence seconds in which the page may compute nothing; default: found out as it goes
 */
export function pageJobs(port: JobPort, silence?: number): PageJobs {
  let fail: (error: Error) => void = () => undefined;
  const gone = new Promise<never>((_, reject) => (fail = reject));
  // It may end when no job is there to hear of it.
  gone.catch(() => undefined);
  const job = async (config: JobConfig, context: JobContext): Promise<JobOutcome> => {
    const run = new PageRun(port, config, context, silence);
    try {
      return await Promise.race([run.outcome, gone]);
    } finally {
      run.dispose();
    }
  };
  return {
    jobs: { search: job, retrain: job },
    ended: ({ kind, how }) => fail(new UserError(kind, how)),
  };
}

/** One run on the page: answers its questions, and passes on what it says. */
class PageRun {
  readonly outcome: Promise<JobOutcome>;
  #resolve!: (outcome: JobOutcome) => void;
  #reject!: (error: unknown) => void;
  readonly #liveness: Liveness;
  readonly #timers: readonly NodeJS.Timeout[];
  #dataset: Dataset | null = null;
  #arrays: readonly Uint8Array[] = [];
  #control = 'continue';
  #turns = 0;
  #over = false;

  constructor(
    private readonly port: JobPort,
    private readonly config: JobConfig,
    private readonly context: JobContext,
    silence?: number,
  ) {
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#liveness = new Liveness(silence);
    port.listen((data) => this.#guard(() => this.#receive(parseFromPage(data))));
    this.#post({ type: 'run', run: context.run, config, door: context.door ?? 'window' });
    this.#timers = [
      setInterval(() => this.#guard(() => this.#passControl()), CONTROL_MILLISECONDS),
      setInterval(() => this.#second(), SECOND),
    ];
  }

  dispose(): void {
    this.#over = true;
    for (const timer of this.#timers) clearInterval(timer);
  }

  #receive(message: FromPage): void {
    if (this.#over) return;
    if (message.type !== 'heartbeat' || message.turns > this.#turns) {
      // The first question comes before the first step, for which shaders are compiled.
      this.#liveness.beat(this.#turns > 1 || (message.type === 'event' && STEPS.has(message.event.type)));
    }
    if (message.type === 'heartbeat') this.#turns = message.turns;
    else if (message.type === 'event') {
      this.context.emit(message.event);
      this.#passControl();
    } else if (message.type === 'ended') this.#resolve(message.outcome);
    else if (message.type === 'failed') this.#reject(unpackError(message.error));
    else if (message.type === 'ask') void this.#answer(message.id, message.question, message.args);
  }

  async #answer(id: number, question: Question, args: readonly unknown[]): Promise<void> {
    try {
      this.#post({ type: 'answer', id, value: await this.#answers[question](args) });
    } catch (error) {
      this.#post({ type: 'refusal', id, error: packError(error) });
    }
  }

  readonly #answers: { readonly [Q in Question]: (args: readonly unknown[]) => Promise<Answers[Q]> } = {
    latest: async (args) => {
      const found = await this.context.checkpoints.latest(...parseArguments('latest', args));
      return found && { epoch: found.epoch, snapshot: found.snapshot, file: found.file };
    },
    save: async (args) => {
      const [epoch, snapshot, finished] = parseArguments('save', args);
      return this.context.checkpoints.save(epoch, snapshot, finished);
    },
    requireWhatItNeeds: async (args) => {
      const [size, backend] = parseArguments('requireWhatItNeeds', args);
      await this.context.host.requireWhatItNeeds(this.config, size, backend);
      return null;
    },
    dataset: async () => {
      this.#dataset = await this.context.dataset();
      const { detached, arrays } = detach(this.#dataset);
      this.#arrays = arrays;
      return detached;
    },
    part: async (args) => {
      const [number, from, to] = parseArguments('part', args);
      const array = this.#arrays[number];
      if (!array) throw new RangeError(`the dataset has no array ${number}`);
      // A message takes the whole memory that an array is a part of.
      return array.slice(from, to);
    },
    writeModel: async (args) => {
      await this.context.host.writeModel(...parseArguments('writeModel', args));
      return null;
    },
    writePredictions: async (args) => {
      await this.context.host.writePredictions(...parseArguments('writePredictions', args));
      return null;
    },
    testTwins: async () => {
      if (!this.#dataset) throw new Error('twins were asked for before the dataset');
      return this.context.host.testTwins(this.#dataset, async () => {
        await nextTurn();
        this.#liveness.beat(true);
        const control = this.context.control();
        if (control !== 'continue') throw new Stopped(control);
      });
    },
  };

  #passControl(): void {
    const control = this.context.control();
    if (control === this.#control) return;
    this.#control = control;
    this.#post({ type: 'control', control });
  }

  #second(): void {
    if (!this.#liveness.tick()) return;
    const seconds = Math.round(this.#liveness.limit);
    this.#reject(new UserError('gpu-timeout', `The graphics card did not answer for ${seconds} s.`));
  }

  #post(message: ToPage): void {
    this.port.post(message);
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#reject(error);
    }
  }
}
