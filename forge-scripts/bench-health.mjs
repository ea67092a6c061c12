// Times the health report of a large dataset and says whether it found the twins that were planted.
//   node forge-scripts/bench-health.mjs [--images 100000] [--size 28]     (after `npm run build`)
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../dist/main/compute/random.js';
import { encodeNpz } from '../dist/main/datasets/npz-writer.js';
import { hashFile } from '../dist/main/datasets/medmnist.js';
import { checkDatasetFile } from '../dist/main/jobs/dataset-health.js';

const { values } = parseArgs({
  options: { images: { type: 'string', default: '100000' }, size: { type: 'string', default: '28' } },
});
const [images, size] = [Number(values.images), Number(values.size)];
const random = createRandom(5, 'bench-health');

// Like X-rays of one view: waves whose strengths fall with their frequency, around a picture that all have in common.
const pixels = size * size;
const waves = Array.from({ length: 48 }, (_, k) => {
  const [across, down, phase] = [(k % 7) / 2, Math.floor(k / 7) / 2, k * 1.7];
  const strength = 26 / (1 + across + down);
  return Float32Array.from({ length: pixels }, (_, p) => {
    const angle = (2 * Math.PI * (across * (p % size) + down * Math.floor(p / size))) / size + phase;
    return strength * Math.cos(angle);
  });
});
function draw(into) {
  const picture = new Float32Array(pixels).fill(120);
  for (const wave of waves) {
    const amount = 0.5 + random.normal();
    for (let p = 0; p < pixels; p++) picture[p] += amount * wave[p];
  }
  for (let p = 0; p < pixels; p++) into[p] = Math.min(255, Math.max(0, Math.round(picture[p] + 6 * random.normal())));
}

const counts = { train: Math.round(0.7 * images), val: Math.round(0.1 * images), test: Math.round(0.2 * images) };
const arrays = {};
for (const [part, count] of Object.entries(counts)) {
  const data = new Uint8Array(count * pixels);
  for (let i = 0; i < count; i++) draw(data.subarray(i * pixels, (i + 1) * pixels));
  arrays[`${part}_images`] = { dtype: 'uint8', shape: [count, size, size], data };
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 4);
  arrays[`${part}_labels`] = { dtype: 'uint8', shape: [count, 1], data: labels };
}
// Of each hundred test images, one is a training image, and one a darker one of another class.
const planted = Math.floor(counts.test / 100);
const [train, test] = [arrays.train_images.data, arrays.test_images.data];
for (let i = 0; i < planted; i++) {
  const image = (n) => train.subarray(n * pixels, (n + 1) * pixels);
  test.set(image(4 * i), 4 * i * pixels);
  test.set(
    image(4 * i + 2).map((value) => Math.round(0.8 * value + 20)),
    (4 * i + 1) * pixels,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'medforge-health-'));
try {
  const path = join(folder, 'large.npz');
  writeFileSync(path, Buffer.concat(encodeNpz(arrays)));
  for (const name of Object.keys(arrays)) delete arrays[name];
  const { sha256 } = await hashFile(path);
  const [before, start] = [process.cpuUsage(), performance.now()];
  const { twins } = await checkDatasetFile({ path, sha256 });
  const { user, system } = process.cpuUsage(before);
  const { images: found, identical, otherLabel } = twins.testElsewhere;
  console.log(`${images} images of ${size}×${size}: ${((user + system) / 1e6).toFixed(1)} s of processor time`);
  console.log(
    `${((performance.now() - start) / 1000).toFixed(1)} s on the clock, ${twins.compared.of} contents compared`,
  );
  console.log(
    `test images with a twin: ${found} of ${2 * planted} planted, ${identical} identical, ${otherLabel} labelled otherwise`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
