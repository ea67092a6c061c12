import { describe, expect, test } from 'vitest';
import { gpuFault, tooLargeForCard } from '../../src-main/compute/gpu/faults.js';
import { tf } from '../../src-main/compute/tensorflow.js';
import { DAWN, supernetStep, useFreshDevice } from './gpu-devices.js';

const TINY = { channels: 4, cells: 1, size: 8, images: 2 };
const OTHER_WAY = 'Use --backend native, or try again.';

describe('texts of faults', () => {
  test.each([
    [
      gpuFault('Bad shader.\n - while compiling'),
      'gpu-fault',
      `The graphics card reported a fault: Bad shader. ${OTHER_WAY}`,
    ],
    [gpuFault('', 'gpu-lost'), 'gpu-lost', `The graphics card was lost: it gave no reason. ${OTHER_WAY}`],
    [
      gpuFault('Out of memory.', 'out-of-memory'),
      'out-of-memory',
      'The graphics card has too little free memory. Use a smaller --batch, or --backend native.',
    ],
    [
      tooLargeForCard(4e9, 1e9, 512),
      'batch-too-large',
      'The graphics card takes at most 1.0 GB in one piece, and a batch of 512 images needs 4.0 GB: use --batch 128 or less, or --backend native.',
    ],
    [
      tooLargeForCard(4e9, 1e9, 2),
      'batch-too-large',
      'The graphics card takes at most 1.0 GB in one piece, and a batch of 2 images needs 4.0 GB: use fewer --channels, or --backend native.',
    ],
  ])('%#', (error, kind, message) => {
    expect(error).toMatchObject({ name: 'UserError', kind, message });
    expect(error.inWindow).not.toContain('--');
  });
});

describe.runIf(DAWN)('faults end a step with a typed error, and stay', () => {
  test('a card that is lost in the middle', async () => {
    const backend = await useFreshDevice('null');
    const step = supernetStep(TINY, 1);
    await step.run();
    const running = step.run();
    backend.device.destroy();
    await expect(running).rejects.toMatchObject({ kind: 'gpu-lost' });
    // No weight can be read into a checkpoint.
    await expect(step.learner.arrays('')).rejects.toMatchObject({ kind: 'gpu-lost' });
    await expect(step.run()).rejects.toMatchObject({ kind: 'gpu-lost' });
  });

  test('memory that is missing: more than the 512 MB of the null backend', async () => {
    const backend = await useFreshDevice('null');
    const step = supernetStep(TINY, 1);
    await step.run();
    const large = Array.from({ length: 6 }, () => backend.acquire(120 * 1024 * 1024));
    expect(large).toHaveLength(6);
    await expect(step.run()).rejects.toMatchObject({
      kind: 'out-of-memory',
      message: 'The graphics card has too little free memory. Use a smaller --batch, or --backend native.',
    });
    await expect(step.learner.arrays('')).rejects.toMatchObject({ kind: 'out-of-memory' });
  });

  test('an error of what was recorded: its numbers are never read', async () => {
    const backend = await useFreshDevice('null');
    const x = tf.tensor1d([1, 2, 3, 4]);
    const { buffer } = backend.part(x);
    const read = x.data();
    // A copy behind the end of a buffer.
    backend.copy(buffer, 0, buffer, 1024, 16);
    await expect(read).rejects.toMatchObject({ kind: 'gpu-fault' });
    expect(() => {
      backend.check();
    }).toThrow('The graphics card reported a fault');
    await expect(x.data()).rejects.toMatchObject({ kind: 'gpu-fault' });
  });

  test('a shader that does not compile', async () => {
    const backend = await useFreshDevice('null');
    const x = tf.tensor1d([1, 2, 3, 4]);
    const broken = backend.program('broken', () => ({ code: 'fn main() { let a = ; }', storage: ['write'] }));
    backend.dispatch(broken, [backend.part(x)], [1]);
    await expect(x.data()).rejects.toMatchObject({ kind: 'gpu-fault' });
  });

  test('a batch whose arrays cannot be bound names one that fits, which runs', async () => {
    const backend = await useFreshDevice('null');
    // A slot has 8·8·4 floats an image, and after growth 24 slots must be bound at once.
    backend.limits.mostBytes = 24 * 8 * 8 * 4 * 4 * 128;
    const large = supernetStep({ ...TINY, images: 160 }, 1);
    await expect(large.run()).rejects.toMatchObject({
      kind: 'batch-too-large',
      message: expect.stringContaining('use --batch 128 or less') as string,
    });
    for (const phase of [1, 2] as const) {
      const fits = supernetStep({ ...TINY, images: 128 }, phase);
      await fits.run();
      fits.dispose();
    }
    large.dispose();
  });

  test('an array of weights that cannot be bound names channels', async () => {
    const backend = await useFreshDevice('null');
    expect(() => backend.acquire(1024 * 1024 * 1024)).toThrow('this network needs 1.1 GB: use fewer --channels');
  });
});
