import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStudy, studyContext, type OpenStudy } from '../../../../src-main/actions/study.js';
import { inspectDataset } from '../../../../src-main/datasets/medmnist.js';
import { slurmCommands, type SlurmCommands } from '../../../../src-main/executors/slurm/commands.js';
import { clusterProgram } from '../../../../src-main/executors/slurm/program-files.js';
import { SlurmExecutor, type SlurmTimes } from '../../../../src-main/executors/slurm/slurm.js';
import type { ClusterJob, WritableHistory } from '../../../../src-main/history/interface.js';
import { openHistory } from '../../../../src-main/history/open.js';
import { jobs } from '../../../../src-main/jobs/jobs.js';
import { runJob } from '../../../../src-main/jobs/runner.js';
import { StudyWork } from '../../../../src-main/studies/study.js';
import type { SlurmPlace } from '../../../../src-main/vocabulary/study.js';
import type { RealSlurm } from './real-slurm.js';
import { leftByRun, writeStudy, type Folders } from './tiny-study.js';

const TIMES: Partial<SlurmTimes> = { ask: 500, read: 100, grace: 1000, patience: 3000 };

/** One search of some seconds. */
export const ONE_SEARCH = {
  format: 'medforge-study',
  version: 1,
  name: 'one',
  datasets: ['tiny.npz'],
  searches: { methods: ['zo-darts'], budgets: ['5k..20k'], seeds: [1], epochs: 12, batch: 16, channels: 4, cells: 1 },
  retrainings: { epochs: 1, batch: 16, warmupEpochs: 0 },
};

export interface WorkshopOptions {
  readonly study?: object;
  /** Changes of `on`. */
  readonly on?: object;
  readonly commands?: SlurmCommands;
  readonly times?: Partial<SlurmTimes>;
  readonly home?: string;
}

/** A study in this process on a real Slurm. */
export class Workshop {
  reports: readonly string[] = [];
  /** The longest turn, in milliseconds. */
  longestTurn = 0;

  private constructor(
    readonly history: WritableHistory,
    readonly opened: OpenStudy,
    readonly executor: SlurmExecutor,
    private readonly work: StudyWork,
    readonly folder: string,
    private readonly slurm: RealSlurm,
  ) {}

  static async open(slurm: RealSlurm, folders: Folders, options: WorkshopOptions = {}): Promise<Workshop> {
    const folder = folders.make('cluster');
    const on = {
      ...{ executor: 'slurm', folder: join(folder, 'shared'), memory: '1G', time: '00:10:00', sendImages: true },
      ...{ node: `export PATH='${join(process.execPath, '..')}':"$PATH"`, ...options.on },
    };
    const file = await writeStudy(folders.make('study'), { ...ONE_SEARCH, ...options.study, on });
    const opened = await openStudy(file, (dataset) => inspectDataset(join(file, '..', dataset)));
    const { history } = await openHistory(options.home ?? folders.make('home'));
    const reports: string[] = [];
    const executor = new SlurmExecutor({
      ...{ history, study: opened.study.name, place: opened.study.on as SlurmPlace, program: clusterProgram() },
      commands: options.commands ?? slurmCommands(slurm.environment),
      report: (text) => void reports.push(text),
      times: { ...TIMES, ...options.times },
    });
    const context = studyContext(history, opened, executor, inspectDataset);
    const workshop = new Workshop(history, opened, executor, new StudyWork(context), on.folder, slurm);
    workshop.reports = reports;
    return workshop;
  }

  async advance(): Promise<void> {
    const before = performance.now();
    await this.work.advance();
    this.longestTurn = Math.max(this.longestTurn, performance.now() - before);
  }

  /** Goes on with the study until something holds. */
  async until(what: string, holds: () => boolean | Promise<boolean>, seconds = 90): Promise<void> {
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      await this.advance();
      if (await holds()) return;
      await sleep(100);
    }
    const jobs = JSON.stringify(this.history.clusterJobs());
    throw new Error(
      `${what} did not come within ${seconds} s: ${jobs} ${JSON.stringify(this.states)} ${this.reports.join(' ')}`,
    );
  }

  /** Of its searches. */
  get states(): readonly string[] {
    return this.tasks.filter(({ search }) => search === null).map(({ state }) => state);
  }

  get tasks(): ReturnType<typeof this.tasksOf> {
    return this.tasksOf();
  }

  /** Of the only run that is on the cluster. */
  get job(): ClusterJob | null {
    return this.history.clusterJobs()[0] ?? null;
  }

  get epoch(): number {
    return this.history.listRuns()[0]?.epoch ?? 0;
  }

  /** Where the run's files are for the nodes. */
  runFolder(run = 1): string {
    return join(this.folder, 'runs', String(run));
  }

  /** All that the first run left, but times. */
  get left(): object {
    return leftByRun(this.history, 1);
  }

  async close(): Promise<void> {
    await this.executor.leave();
    await this.slurm.command('scancel', '--user=root').catch(() => undefined);
    this.history.close();
  }

  private tasksOf() {
    return this.history.studyTasks(this.opened.study.name) ?? [];
  }
}

/** What the first task leaves when this process computes it without a stop. */
export async function computedHere(slurm: RealSlurm, folders: Folders): Promise<object> {
  const workshop = await Workshop.open(slurm, folders);
  const { history, opened } = workshop;
  const context = studyContext(history, opened, workshop.executor, inspectDataset);
  const run = await context.createRun(workshop.tasks[0]!, null);
  await runJob({ history, home: history.home, run, jobs, signals: false });
  const { left } = workshop;
  await workshop.close();
  return left;
}
