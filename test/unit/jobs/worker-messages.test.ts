import { describe, expect, it } from 'vitest';
import { parseFromWorker, parseToWorker } from '../../../src-main/jobs/worker-messages.js';
import { ownIdentity } from '../../../src-main/process-identity.js';
import { epochRecord, retrainConfig, retrainResult, searchConfig, exampleTrace } from '../history/fixtures.js';

const parent = ownIdentity();
const epoch = { type: 'epoch', record: epochRecord(1, { loss: NaN }), trace: exampleTrace(3), checkpoint: 'c' };

describe('messages between the host and a worker process', () => {
  it.each<[string, unknown]>([
    ['a search', { type: 'run', parent, run: 1, config: searchConfig, folder: '/runs/1', door: 'terminal' }],
    ['a retraining', { type: 'run', parent, run: 2, config: retrainConfig, folder: '/runs/2', door: 'terminal' }],
    ['a task', { type: 'task', parent, request: { name: 'dataset:inspect', path: '/a.npz' } }],
    ['a pause', { type: 'control', control: 'pause', reason: 'asked' }],
    ['the last word', { type: 'received' }],
  ])('to it: %s arrives as it was sent', (_, message) => {
    expect(parseToWorker(structuredClone(message))).toEqual(message);
  });

  it.each<[string, unknown]>([
    ['a heartbeat', { type: 'heartbeat', residentBytes: 1 }],
    ['an epoch with NaN and −0', { type: 'event', sequence: 1, logged: true, event: epoch }],
    ['an end', { type: 'event', sequence: 2, logged: true, event: { type: 'finished', result: retrainResult } }],
    ['progress', { type: 'progress', progress: { step: 'download', done: 1, total: 2 } }],
    ['an answer', { type: 'result', result: [1, { a: null }] }],
    ['no answer', { type: 'result', result: undefined }],
    ['an error', { type: 'error', error: { name: 'UserError', kind: 'npz-truncated', message: 'It is cut short.' } }],
  ])('from it: %s arrives as it was sent', (_, message) => {
    expect(parseFromWorker(structuredClone(message))).toEqual(message);
  });

  it.each<[string, unknown, string]>([
    ['no message', 7, 'a message from a worker process does not fit: '],
    ['an unknown type', { type: 'hello' }, 'a message from a worker process does not fit: type: '],
    [
      'an epoch that lacks its loss',
      { type: 'event', sequence: 1, logged: true, event: { ...epoch, record: { ...epoch.record, loss: undefined } } },
      'a message from a worker process does not fit: event.record.loss: must be a number',
    ],
  ])('%s is a fault', (_, message, text) => {
    expect(() => parseFromWorker(message)).toThrow(text);
  });

  it('an order that names no process is a fault', () => {
    expect(() => parseToWorker({ type: 'task', parent: {}, request: { name: 'devices' } })).toThrow(
      'a message to a worker process does not fit: parent: must name a process',
    );
  });
});
