import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.js';
import type { Executor } from '../executors/executor.js';
import type { StoredStudyTask, WritableHistory } from '../history/interface.js';
import type { RunSummary } from '../vocabulary/run.js';
import { isSettled, studyStanding, type TaskStanding } from './standing.js';

/** Attempts in a row without a new epoch after which a task is given up. */
export const MOST_FRUITLESS = 3;

/** Refusals that are over when an earlier process has ended, or that the next look at the run explains. */
const LATER = new Set(['run-busy', 'run-ended', 'run-state']);
/** Troubles of the computer, not of a task: the study stops, and goes on when they are gone. */
const OF_THE_COMPUTER = /^(disk-full|home-unwritable|history-|study-)/;

export interface StudyContext {
  readonly history: WritableHistory;
  /** Its name; it was planned (`history.planStudy`). */
  readonly study: string;
  readonly executor: Executor;
  /** Creates the run of a task that waits. @param searchRun the finished search, for a retraining */
  readonly createRun: (task: StoredStudyTask, searchRun: number | null) => Promise<number>;
}

/**
 * Goes on with a study. All that it knows is in the history, so that it can be killed at any moment: a run belongs to its task from
 * the transaction that creates it, and goes on from its last checkpoint.
 */
export class StudyWork {
  /** Runs that were submitted here and were not seen to end yet. */
  readonly #submitted = new Set<number>();
  /** Runs that were paused while this process looked: somebody wants them to stay so. */
  readonly #paused = new Set<number>();

  constructor(private readonly context: StudyContext) {}

  /** Takes note of what ended, and submits what may start. To be called again and again; nothing happens twice. */
  async advance(): Promise<readonly TaskStanding[]> {
    const { history, executor } = this.context;
    history.interruptDeadRuns();
    const going = await executor.poll();
    for (const { task, run } of this.#standings()) {
      if (task.state === 'submitted' && !going.has(task.run!)) this.#reconcile(task, run);
    }
    const standings = this.#standings();
    const searches = new Map(standings.map((standing) => [standing.task.key, standing]));
    for (const standing of standings) {
      if (executor.room() === 0) break;
      const search = searches.get(standing.task.search ?? '') ?? null;
      if (!going.has(standing.task.run ?? 0)) await this.#start(standing, search);
    }
    return this.#standings();
  }

  /** Whether nothing will happen any more unless somebody does something. */
  isAtRest(standings: readonly TaskStanding[]): boolean {
    return standings.every((standing) => {
      if (this.#paused.has(standing.task.run ?? 0)) return true;
      // The end of a run that was not taken note of yet is still to do.
      if (isSettled(standing)) return standing.task.state !== 'submitted';
      const { search } = standing.task;
      const ofSearch = standings.find(({ task }) => task.key === search);
      return standing.standing === 'waiting' && ofSearch !== undefined && this.#paused.has(ofSearch.task.run ?? 0);
    });
  }

  #standings(): TaskStanding[] {
    const { history, study } = this.context;
    return studyStanding(history, study) ?? [];
  }

  /** What became of a run that is not going here. */
  #reconcile(task: StoredStudyTask, run: RunSummary | null): void {
    const number = task.run!;
    const wasOurs = this.#submitted.delete(number);
    if (run === null) this.#move(task, 'waiting', `its run ${number} is not in the history`, true);
    else if (run.state === 'finished') this.#move(task, 'finished');
    else if (run.state === 'cancelled') this.#move(task, 'cancelled', `its run ${number} was cancelled`);
    else if (run.state === 'failed') this.#move(task, 'given-up', run.error ?? `its run ${number} failed`);
    else if (run.state === 'paused' && wasOurs) this.#paused.add(number);
    else if (run.state === 'interrupted' && wasOurs) this.#countFruitless(task, run);
  }

  #countFruitless(task: StoredStudyTask, { epoch, error }: RunSummary): void {
    const fruitless = epoch > task.epoch ? 0 : task.fruitless + 1;
    if (fruitless < MOST_FRUITLESS) {
      this.context.history.countStudyAttempt(this.#of(task), { attempts: task.attempts, fruitless, epoch });
      return;
    }
    this.#move(task, 'given-up', `${MOST_FRUITLESS} attempts ended without a new epoch. ${error ?? ''}`.trim());
  }

  /** @param search that of a retraining */
  async #start({ task, standing, run }: TaskStanding, search: TaskStanding | null): Promise<void> {
    if (task.state === 'waiting' && search !== null && search.standing !== 'finished') return;
    const startable = standing === 'waiting' || standing === 'queued' || standing === 'interrupted';
    if (!startable && !(standing === 'paused' && !this.#paused.has(task.run!))) return;
    try {
      const number =
        task.state === 'submitted' ? task.run! : await this.context.createRun(task, search?.task.run ?? null);
      await this.context.executor.submit(number);
      this.#submitted.add(number);
      const { attempts, fruitless } = task.run === null ? { attempts: 0, fruitless: 0 } : task;
      this.context.history.countStudyAttempt(this.#of(task), {
        attempts: attempts + 1,
        fruitless,
        epoch: run?.epoch ?? 0,
      });
    } catch (error) {
      if (!(error instanceof UserError) || OF_THE_COMPUTER.test(error.kind)) throw error;
      if (!LATER.has(error.kind)) this.#move(task, 'given-up', error.message);
    }
  }

  #move(
    task: StoredStudyTask,
    state: StoredStudyTask['state'],
    reason: string | null = null,
    releasesRun = false,
  ): void {
    this.context.history.moveStudyTask(this.#of(task), { state, reason, releasesRun });
  }

  #of({ key }: StoredStudyTask): { study: string; key: string } {
    return { study: this.context.study, key };
  }
}

export interface StudyRunOptions {
  /** Pauses all tasks with a checkpoint and ends. */
  readonly signal: AbortSignal;
  /** Why, for the runs. */
  readonly reason: () => string;
  /** Hears how all tasks stand, whenever that was looked at. */
  readonly listener?: (standings: readonly TaskStanding[]) => void;
  /** Milliseconds between two looks. Default 200. */
  readonly pause?: number;
}

/**
 * Goes on with a study until it is at rest or asked to stop. One process does so at a time.
 * @throws UserError `study-busy`; `disk-full`, `home-unwritable` and the history's own, after its tasks were paused
 */
export async function runStudy(
  context: StudyContext,
  { signal, reason, listener, pause = 200 }: StudyRunOptions,
): Promise<readonly TaskStanding[]> {
  const { history, study, executor } = context;
  history.claimStudy(study);
  try {
    const work = new StudyWork(context);
    const stopped = (): boolean => signal.aborted;
    for (;;) {
      const standings = await work.advance();
      listener?.(standings);
      if (work.isAtRest(standings)) return standings;
      if (!stopped()) await sleep(pause, undefined, { signal }).catch(() => undefined);
      if (stopped()) break;
    }
    await executor.leave(reason());
    return studyStanding(history, study) ?? [];
  } catch (error) {
    await executor.leave('The study stopped.').catch(() => undefined);
    throw error;
  } finally {
    history.releaseStudy(study);
  }
}
