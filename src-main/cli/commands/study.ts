import { setTimeout as sleep } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import { checkStudyPlan, estimateStudy, type CheckedStudy } from '../../actions/check-study.js';
import { cancelStudy, requireStudy, retryStudy, type ChangedTasks } from '../../actions/control-study.js';
import { datasetOfStudy, openStudy, studyContext, type OpenStudy } from '../../actions/study.js';
import { rememberStudyFile } from '../../actions/study-files.js';
import { requireBackend } from '../../actions/require-backend.js';
import { listBackends } from '../../compute/index.js';
import { UserError } from '../../errors.js';
import { requireMayLeave, studyExecutor } from '../../actions/study-executor.js';
import type { Executor } from '../../executors/executor.js';
import { runsAtOnce } from '../../executors/local.js';
import { SlurmExecutor } from '../../executors/slurm/slurm.js';
import { launchFork } from '../../jobs/fork-process.js';
import { countStandings, isSettled, studyStanding, type TaskStanding } from '../../studies/standing.js';
import { readStudy } from '../../studies/read-study.js';
import { runStudy } from '../../studies/study.js';
import { threadsOf, type Study } from '../../vocabulary/study.js';
import { inspectDecided } from '../dataset-argument.js';
import { counted, roughly } from '../output.js';
import { registerClusterStudy } from './study-cluster.js';
import { showResults, type ResultOptions } from './study-results.js';
import { withSession, withSessionOnFullDisk, type Session } from '../session.js';
import { untilSignalled } from '../signals.js';
import { countsText, standingLine, taskObject } from '../study-text.js';

const FILE = 'the JSON file of the study (docs/studies.md)';

export function registerStudy(program: Command): void {
  const study = program
    .command('study')
    .description('compares methods: a file of datasets, methods, budgets and seeds becomes runs, tables and tests');
  const add = (name: string, description: string): Command =>
    study.command(name).argument('<file>', FILE).description(description);

  add('check', 'counts the tasks, says what is wrong with them and how long they will take; nothing is started')
    .option(
      '--no-estimate',
      'do not measure how long the tasks take; on Slurm: do not start the job of a minute that says what a node is',
    )
    .action((file: string, options: { estimate: boolean }, command: Command) =>
      withSession(command, (session) => check(session, file, options.estimate)),
    );
  add(
    'run',
    'runs what is left of the study; after a pause or a kill it goes on, bit for bit as if it had never stopped',
  )
    .option('--send-images', 'confirms that the images may be copied to the folder of a cluster', false)
    .action((file: string, options: { sendImages: boolean }, command: Command) =>
      withSession(command, (session) => run(session, file, options.sendImages)),
    );
  add('watch', 'shows how all tasks stand, until the study ends')
    .option('--once', 'show it once', false)
    .action((file: string, options: { once: boolean }, command: Command) =>
      withSessionOnFullDisk(command, (session) => watch(session, file, options.once)),
    );
  add('cancel', 'cancels every task that has not ended').action((file: string, _: unknown, command: Command) =>
    withSessionOnFullDisk(command, (session) => change(session, file, 'cancel')),
  );
  add('retry', 'lets tasks that failed or were cancelled try again with the next run of the study').action(
    (file: string, _: unknown, command: Command) => withSession(command, (session) => change(session, file, 'retry')),
  );
  registerClusterStudy(add, open);
  add('results', 'compares the methods: means with intervals, paired differences, and what is missing')
    .addOption(
      new Option('--format <name>', 'csv has a line for each task')
        .choices(['text', 'csv', 'markdown', 'latex'])
        .default('text'),
    )
    .option('--figures <folder>', 'write the numbers behind the figures there, as CSV; the window draws them')
    .action((file: string, options: ResultOptions, command: Command) =>
      withSessionOnFullDisk(command, (session) => showResults(session, file, options)),
    );
}

/** Datasets of a study: paths relative to its folder, or names. */
async function open({ history }: Session, file: string): Promise<OpenStudy> {
  return openStudy(file, (dataset) => inspectDecided(history, datasetOfStudy(history, file, dataset)));
}

function executorOf({ history, output }: Session, study: Pick<Study, 'name' | 'on'>): Executor {
  const isLocal = study.on.executor === 'local';
  const report = (text: string, error?: unknown): void => {
    if (error !== undefined || !isLocal) output.note(`medforge: ${text}`);
  };
  return studyExecutor(study, { history, report, launch: launchFork, door: 'terminal', listener: () => undefined });
}

async function check(session: Session, file: string, estimates: boolean): Promise<void> {
  const { history, home, output } = session;
  const opened = await open(session, file);
  const { study, tasks } = opened;
  const executor = executorOf(session, study);
  const checked = await checkStudyPlan(opened, executor);
  const kept = new Map((history.studyTasks(study.name) ?? []).map((task) => [task.key, task.state]));
  const finished = new Set(tasks.map(({ key }) => key).filter((key) => kept.get(key) === 'finished'));
  sayPlan(session, study, checked, finished.size);
  refuseProblems(file, checked);
  if (!estimates || finished.size === tasks.length) return;
  if (executor instanceof SlurmExecutor) {
    await sayNode(session, executor);
    return;
  }
  const [{ estimateSearch }, { measureRetraining }] = await Promise.all([
    import('../../jobs/search-estimate.js'),
    import('../../jobs/retrain-estimate.js'),
  ]);
  const place = { home, door: 'terminal' } as const;
  const atOnce = study.on.atOnce ?? runsAtOnce(threadsOf(study.on));
  const estimate = await estimateStudy(
    opened,
    { finished, atOnce },
    {
      search: (config) => estimateSearch(config, place),
      retraining: (config) => measureRetraining(config, place),
      listener: (what) => output.progress(`measuring: ${what}`),
    },
  );
  output.object({ event: 'estimate', ...estimate });
  output.text(
    `${roughly(estimate.seconds)} on this computer with ${counted(atOnce, 'task')} at a time ` +
      `(${roughly(estimate.processSeconds)} of computing, each task as fast as if it ran alone). Just measured; networks of ` +
      'retrainings were drawn from the budgets. Nothing was started.',
  );
  for (const warning of estimate.warnings) output.note(`medforge: ${warning}`);
}

/** How long a job of a minute may wait for its turn. */
const PROBE_MILLISECONDS = 180_000;

async function sayNode({ output }: Session, executor: SlurmExecutor): Promise<void> {
  output.progress('a job of one minute asks a node what it is');
  const node = await executor.probe(PROBE_MILLISECONDS);
  output.object({ event: 'node', ...node });
  const { host, processors, instructionSet, glibc } = node;
  output.text(
    `A job of one minute ran on ${host}: Node ${node.node}, glibc ${glibc}, ${counted(processors, 'processor')}, ${instructionSet}. ` +
      'How long the tasks take there was not measured. Nothing else was started.',
  );
}

function sayPlan({ output }: Session, { name, on }: Study, checked: CheckedStudy, finished: number): void {
  const { count, problems, warnings } = checked;
  output.object({ event: 'plan', study: name, executor: on.executor, ...count, finished, problems, warnings });
  const done = finished === 0 ? '' : `; ${finished} finished already`;
  output.text(
    `Study ${name}: ${counted(count.tasks, 'task')} (${count.searches} searches, ${count.retrainings} retrainings)${done}.`,
  );
  for (const warning of warnings) output.note(`medforge: ${warning}`);
}

/** @throws UserError `study-problems`, every problem a line of its own before */
function refuseProblems(file: string, { problems }: CheckedStudy): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${counted(others.length, 'further problem')}: ${others.join('; ')})`;
  throw new UserError('study-problems', `${file}: ${first}${more}. Nothing was started.`);
}

async function run(session: Session, file: string, sendImages: boolean): Promise<void> {
  const { history } = session;
  const opened = await open(session, file);
  const { study } = opened;
  requireMayLeave(file, study, sendImages);
  rememberStudyFile(history, study.name, file);
  await requireBackend(study.on.backend, listBackends);
  const executor = executorOf(session, study);
  const checked = await checkStudyPlan(opened, executor);
  refuseProblems(file, checked);
  const context = studyContext(history, opened, executor, (path) => inspectDecided(history, path));
  sayPlan(session, study, checked, countStandings(studyStanding(history, study.name) ?? []).finished);
  const printer = new StandingPrinter(session);
  const stopped = new Error('the study was asked to stop');
  const standings = await untilSignalled(stopped, (signal) =>
    runStudy(context, {
      ...{ signal, reason: () => 'The study was stopped.', listener: (now) => printer.print(now) },
      pause: study.on.executor === 'local' ? LOCAL_PAUSE : CLUSTER_PAUSE,
    }),
  );
  printer.print(standings);
  sayEnd(session, file, standings, study.on.executor === 'slurm');
}

/** Milliseconds between two looks at a study. */
const LOCAL_PAUSE = 200;
const CLUSTER_PAUSE = 1000;

/** Says each task whose standing changes. */
class StandingPrinter {
  readonly #said = new Map<string, string>();

  constructor(private readonly session: Session) {}

  print(standings: readonly TaskStanding[]): void {
    const { output } = this.session;
    for (const standing of standings) {
      const { task, standing: word, run } = standing;
      const before = this.#said.get(task.key);
      const now = `${word} ${run?.run ?? ''} ${task.attempts} ${word === 'queued' ? (standing.reason ?? '') : ''}`;
      if (before === now) continue;
      this.#said.set(task.key, now);
      // What waits has not been heard of before, and is counted.
      if (before === undefined && (word === 'waiting' || word === 'finished')) continue;
      output.object({ event: 'task', ...taskObject(standing) });
      output.text(standingLine(standing));
    }
    const going = standings.filter(({ standing }) => standing === 'running').map(standingLine);
    output.progress([countsText(countStandings(standings)), ...going].join('  |  '));
  }
}

function sayEnd({ output }: Session, file: string, standings: readonly TaskStanding[], onCluster: boolean): void {
  const counts = countStandings(standings);
  const { running, waiting } = counts;
  output.object({ event: 'study', ...counts });
  output.text(`${countsText(counts)}.`);
  if (counts.finished === counts.tasks) output.text(`'medforge study results ${file}' compares the methods.`);
  else if (counts.lost > 0) {
    output.note(`medforge: 'medforge study retry ${file}' lets the missing tasks try again.`);
    process.exitCode = 1;
  } else if (running + waiting > 0 && onCluster) {
    output.text(
      `Its jobs go on without this command. 'medforge study run ${file}' takes their results and submits what is left.`,
    );
  } else output.text(`To go on, run 'medforge study run ${file}'.`);
}

const WATCH_MILLISECONDS = 1000;

async function watch({ history, output }: Session, file: string, once: boolean): Promise<void> {
  const { name } = await readStudy(file);
  requireStudy(history, name);
  for (;;) {
    const standings = studyStanding(history, name) ?? [];
    const counts = countStandings(standings);
    const owner = history.studyOwner(name);
    output.object({
      event: 'study',
      study: name,
      process: owner?.pid ?? null,
      ...counts,
      states: standings.map(taskObject),
    });
    for (const standing of standings) output.text(standingLine(standing));
    const going = owner === null ? 'no process goes on with it' : `process ${owner.pid} goes on with it`;
    output.text(`${countsText(counts)}; ${going}.`);
    if (once || owner === null || standings.every(isSettled)) return;
    await sleep(WATCH_MILLISECONDS);
    output.text();
  }
}

async function change(session: Session, file: string, what: 'cancel' | 'retry'): Promise<void> {
  const { history, output } = session;
  const { name } = await readStudy(file);
  const { changed, ending }: ChangedTasks = what === 'cancel' ? cancelStudy(history, name) : retryStudy(history, name);
  output.object({ event: what, study: name, changed, ending });
  const done = what === 'cancel' ? 'cancelled' : `will try again with 'medforge study run ${file}'`;
  output.text(`${counted(changed, 'task')} ${done}.`);
  if (ending > 0) output.note(`medforge: ${counted(ending, 'task')} still ending: try again in a few seconds.`);
  if (what === 'cancel') await passOnToSlurm(session, file);
}

/** How long to wait until a cluster has ended what was cancelled. */
const CANCEL_MILLISECONDS = 30_000;

/** Where no process goes on with a study, its jobs are told here, and its ends taken note of. */
async function passOnToSlurm(session: Session, file: string): Promise<void> {
  const { history, output } = session;
  const opened = await open(session, file);
  const { study } = opened;
  const isPlaced = (): boolean => {
    const runs = new Set((history.studyTasks(study.name) ?? []).map(({ run }) => run));
    return history.clusterJobs().some(({ run }) => runs.has(run));
  };
  if (study.on.executor !== 'slurm' || history.studyOwner(study.name) !== null || !isPlaced()) return;
  const context = studyContext(history, opened, executorOf(session, study), (path) => inspectDecided(history, path));
  const signal = AbortSignal.timeout(CANCEL_MILLISECONDS);
  await runStudy(context, { signal, reason: () => 'cancelled', pause: CLUSTER_PAUSE });
  if (isPlaced())
    output.note(`medforge: some jobs have not ended yet: 'medforge study cancel ${file}' again takes note of it.`);
}
