import { describe, expect, it } from 'vitest';
import { endNotification, taskBarProgress } from '../../../src-main/app/run-notification.js';
import type { RunSummary } from '../../../src-main/ipc/contract.js';

const tested = (value: number): { value: number; interval: null } => ({ value, interval: null });
const run = (change: Partial<RunSummary>): RunSummary =>
  ({ name: 'Small', dataset: 'BreastMNIST', error: null, parameters: null, test: null, ...change }) as RunSummary;

const test = {
  networks: 1,
  balancedAccuracy: tested(0.812),
  finding: null,
  auc: tested(0.9),
  accuracy: tested(0.876),
};

describe('the notification at the end of a run', () => {
  it.each([
    [
      run({ state: 'finished', parameters: 96_338, test }),
      { title: 'Small has finished', body: 'BreastMNIST: 96,338 parameters, test balanced accuracy 81.2 %' },
    ],
    [
      run({ state: 'finished', parameters: 96_338, searchValidation: { accuracy: 0.9, auc: null } }),
      { title: 'Small has finished', body: 'BreastMNIST: 96,338 parameters' },
    ],
    [run({ state: 'finished' }), { title: 'Small has finished', body: 'BreastMNIST' }],
    [run({ state: 'failed', error: 'The loss is NaN.' }), { title: 'Small failed', body: 'The loss is NaN.' }],
    [run({ state: 'failed' }), { title: 'Small failed', body: 'The reason is in its log.' }],
    [
      run({ state: 'interrupted' }),
      { title: 'Small was interrupted', body: 'It can be resumed from its last checkpoint.' },
    ],
    [
      run({ state: 'paused', error: 'Not enough space for a checkpoint.' }),
      { title: 'Small was paused', body: 'Not enough space for a checkpoint.' },
    ],
    [run({ state: 'paused', error: 'Paused by the user.' }), null],
    [run({ state: 'paused', error: 'The machine went to sleep.' }), null],
    [run({ state: 'paused', error: 'MedForge was closed.' }), null],
    [run({ state: 'paused', error: 'Asked to pause.' }), null],
    [run({ state: 'cancelled' }), null],
    [run({ state: 'queued' }), null],
  ])('%j', (ended, notice) => expect(endNotification(ended)).toEqual(notice));
});

describe('the task bar', () => {
  it.each([
    [null, 0, { progress: -1, mode: 'none' }],
    [run({ state: 'paused', epoch: 3, epochs: 10 }), 0, { progress: -1, mode: 'none' }],
    [run({ state: 'running', epoch: 0, epochs: 10 }), 0, { progress: 0, mode: 'normal' }],
    [run({ state: 'running', epoch: 3, epochs: 10 }), 0.5, { progress: 0.35, mode: 'normal' }],
    [run({ state: 'running', epoch: 10, epochs: 10 }), 0.5, { progress: 1, mode: 'normal' }],
    [run({ state: 'running', epoch: 0, epochs: 0 }), 0, { progress: -1, mode: 'none' }],
  ])('%j and %f of an epoch: %j', (going, share, bar) => expect(taskBarProgress(going, share)).toEqual(bar));
});
