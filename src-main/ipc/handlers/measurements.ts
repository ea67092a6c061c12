import { MeasuredTimes } from '../../actions/measured-times.js';
import { UserError } from '../../errors.js';
import type { PaceEstimate, TaskRequest } from '../../jobs/tasks.js';
import type { HandlerContext } from '../handler-context.js';

/** Measurements of how fast this machine is: one at a time, of the newest question, and none beside a run. */
export class Measurements {
  /** What was measured so far. */
  readonly times = new MeasuredTimes();
  #current: AbortController | null = null;

  constructor(private readonly context: Pick<HandlerContext, 'queue' | 'tasks' | 'studies'>) {}

  /** @throws UserError `estimate-busy`, `estimate-replaced`, what the task refused */
  async measure(request: TaskRequest<'search:estimate' | 'retrain:estimate'>): Promise<PaceEstimate> {
    const { queue, tasks, studies } = this.context;
    if (queue.running !== null || studies.computing) {
      throw new UserError(
        'estimate-busy',
        'A run in progress would distort the measurement: the estimate is made after it has ended.',
      );
    }
    // An older measurement would take its cores.
    this.end('The settings changed. A new estimate is being made.');
    const mine = (this.#current = new AbortController());
    const measured = await tasks.run(request, { signal: mine.signal, cleanUp: CLEAN_UP_MILLISECONDS });
    this.times.remember(request.config, measured.seconds);
    return measured;
  }

  /** What is measured now has nobody who waits for it. */
  end(reason: string): void {
    this.#current?.abort(new UserError('estimate-replaced', reason));
    this.#current = null;
  }
}

/** A measurement removes what it wrote. */
const CLEAN_UP_MILLISECONDS = 2000;
