import { budgetText } from '../studies/results-tables.js';
import type { Standing, StudyCounts, TaskStanding } from '../studies/standing.js';
import type { StudyTask } from '../vocabulary/study.js';
import { duration } from './output.js';

/** "breastmnist, random, 72,000..222,000, seed 1, training 2" */
export function taskText({ dataset, method, budget, seed, trainingSeed }: StudyTask): string {
  const training = trainingSeed === null ? '' : `, training ${trainingSeed}`;
  return `${dataset}, ${method}, ${budgetText(budget)}, seed ${seed}${training}`;
}

const WORDS: { readonly [standing in Standing]: string } = {
  waiting: 'waiting',
  blocked: 'missing',
  queued: 'waiting',
  running: 'running',
  paused: 'paused',
  interrupted: 'interrupted',
  finished: 'finished',
  'given-up': 'failed',
  cancelled: 'cancelled',
};

/** "running  breastmnist, random, …, seed 1: run 3, epoch 4/50, 2 min 10 s left" */
export function standingLine({ task, standing, run, reason }: TaskStanding): string {
  const facts = [
    ...(run ? [`run ${run.run}`] : []),
    ...(run && standing !== 'finished' && run.epoch > 0 ? [`epoch ${run.epoch}/${run.epochs}`] : []),
    ...(run && standing === 'finished' ? [duration(run.seconds)] : []),
    ...(run && standing === 'running' && run.secondsLeft !== null ? [`${duration(run.secondsLeft)} left`] : []),
    ...(task.attempts > 1 ? [`attempt ${task.attempts}`] : []),
    ...(reason === null ? [] : [reason]),
  ];
  return `${WORDS[standing].padEnd(11)}  ${taskText(task)}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`;
}

/** "5 of 16 tasks finished, 2 running, 9 waiting" */
export function countsText({ tasks, finished, running, stopped, waiting, lost }: StudyCounts): string {
  const parts = [
    `${finished} of ${tasks} tasks finished`,
    ...(running > 0 ? [`${running} running`] : []),
    ...(stopped > 0 ? [`${stopped} paused or interrupted`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(lost > 0 ? [`${lost} missing`] : []),
  ];
  return parts.join(', ');
}

/** A task for `--json`. */
export function taskObject({ task, standing, run, reason }: TaskStanding): object {
  const { key, dataset, method, budget, seed, trainingSeed, attempts } = task;
  const progress = run && { epoch: run.epoch, epochs: run.epochs, seconds: run.seconds, secondsLeft: run.secondsLeft };
  return {
    ...{ key, dataset, method, budget, seed, trainingSeed, standing, reason, attempts },
    ...{ run: run?.run ?? null, ...progress },
  };
}
