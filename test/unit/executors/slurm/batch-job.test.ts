import { describe, expect, it } from 'vitest';
import {
  batchOptions,
  batchScript,
  commentOf,
  leadSeconds,
  tokenOf,
} from '../../../../src-main/executors/slurm/batch-job.js';
import { parseQueue } from '../../../../src-main/executors/slurm/commands.js';
import { checkStudy } from '../../../../src-main/studies/read-study.js';
import type { SlurmPlace } from '../../../../src-main/vocabulary/study.js';
import { changed } from '../../studies/example-study.js';

const placeOf = (changes: object = {}): SlurmPlace =>
  checkStudy(changed({ on: { executor: 'slurm', folder: '/scratch/me', ...changes } }), 's').on as SlurmPlace;

describe('a job', () => {
  it('asks for what the study says, and nothing else', () => {
    const place = placeOf({ partition: 'cpu', constraint: 'avx512', cpus: 4, memory: '8G', time: '1-00:00:00' });
    expect(batchOptions(place, { run: 12, token: 'abc' })).toEqual([
      ...['--job-name=medforge-12', '--comment=medforge:abc', '--chdir=/scratch/me'],
      ...['--output=/scratch/me/runs/12/slurm-%j.out', '--open-mode=append', '--nodes=1', '--ntasks=1'],
      ...['--cpus-per-task=4', '--mem=8G', '--time=1-00:00:00'],
      ...['--partition=cpu', '--constraint=avx512', '--signal=B:USR1@120', '--requeue'],
    ]);
  });

  it.each([
    ['08:00:00', 120],
    ['00:04:00', 120],
    ['00:03:00', 90],
    ['00:01:00', 30],
  ])('of %s is told %i seconds before its end', (time, seconds) => {
    expect(leadSeconds(time)).toBe(seconds);
  });

  it('is Node itself, after what makes it available', () => {
    expect(batchScript('program/1/task.mjs', 12, 'module load nodejs')).toBe(
      "#!/bin/bash\nmodule load nodejs\nexec node 'program/1/task.mjs' 'runs/12'\n",
    );
    expect(batchScript('program/1/task.mjs', 12, undefined)).toMatch(/^#!\/bin\/bash\nexec node /);
  });

  it('is known by its comment', () => {
    expect(tokenOf(commentOf('abc'))).toBe('abc');
    expect(tokenOf('(null)')).toBeNull();
  });
});

it('what squeue says is read, also with bars in a comment', () => {
  const text = [
    '7|RUNNING|None|medforge:a|b',
    '8|PENDING|Resources|(null)',
    '9_[1-4]|PENDING|Priority|an array',
    'slurm_load_jobs error',
    '',
  ].join('\n');
  expect(parseQueue(text)).toEqual([
    { job: '7', state: 'RUNNING', reason: 'None', comment: 'medforge:a|b' },
    { job: '8', state: 'PENDING', reason: 'Resources', comment: '(null)' },
    { job: '9', state: 'PENDING', reason: 'Priority', comment: 'an array' },
  ]);
});
