#!/usr/bin/env node
/**
 * CPU time of a dense step of the supernet on Dawn's null backend, which checks all commands and computes nothing: what recording a
 * step costs, whatever the card. Needs the package webgpu and `npm run build`; no card.
 *
 *   node forge-scripts/bench-gpu-recording.mjs [--batch 8] [--steps 200] [--channels 16] [--cells 3]
 *
 * The null backend has 512 MB, enough for a batch of 16 of the default space. Recording does not depend on the batch.
 */
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { useNullDevice } from './lib/null-device.mjs';
import { ROOT } from './lib/project.mjs';
import { SetupError, main } from './lib/report.mjs';

main(async () => {
  const { values } = parseArgs({
    options: {
      batch: { type: 'string', default: '8' },
      steps: { type: 'string', default: '200' },
      channels: { type: 'string', default: '16' },
      cells: { type: 'string', default: '3' },
    },
  });
  const [batch, steps, channels, cells] = ['batch', 'steps', 'channels', 'cells'].map((name) => Number(values[name]));
  if (![batch, steps, channels, cells].every((value) => Number.isInteger(value) && value > 0))
    throw new SetupError('every option takes a whole number above 0');
  const engine = (path) => import(pathToFileURL(join(ROOT, 'dist/main', path)).href);
  await useNullDevice();
  const { tf } = await engine('compute/tensorflow.js');
  const { Learner } = await engine('search/learner.js');
  const { createRandom } = await engine('compute/random.js');
  const even = (rows, columns) => new Float64Array(rows * columns).fill(1 / columns);
  for (const phase of [1, 2]) {
    const learner = Learner.create({ channels, cells, inputChannels: 1, classes: 2 }, createRandom(0, 'weights'));
    if (phase === 2) learner.grow();
    const data = { x: tf.zeros([batch, 28, 28, 1]), targets: tf.ones([batch, 2]), task: 'multi-class' };
    const probabilities = {
      operations: even(18, 5),
      kernels: phase === 2 ? even(18, 3) : null,
      depth: phase === 2 ? even(3, cells) : null,
    };
    const times = [];
    let counts = {};
    for (let step = 0; step < steps + 20; step++) {
      const before = tf.backend().statistics();
      const start = process.cpuUsage();
      await learner.step(data, probabilities, { learningRate: 0.01, sparse: true });
      const { user, system } = process.cpuUsage(start);
      if (step >= 20) times.push((user + system) / 1000);
      const after = tf.backend().statistics();
      counts = Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]));
    }
    learner.dispose();
    tf.dispose([data.x, data.targets]);
    times.sort((a, b) => a - b);
    const { dispatches, submissions, bindGroups } = counts;
    const at = (share) => times[Math.floor(share * (times.length - 1))].toFixed(1);
    process.stdout.write(
      `phase ${phase}: ${at(0)} ms least, ${at(0.1)} tenth, ${at(0.5)} median of ${times.length} steps; ` +
        `${dispatches} dispatches, ${submissions} submissions, ${bindGroups} new bind groups\n`,
    );
  }
  process.exit(0); // Dawn keeps the process alive
});
