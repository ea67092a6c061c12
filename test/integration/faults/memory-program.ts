import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { useBackend } from '../../../src-main/compute/index.js';
import { tf } from '../../../src-main/compute/tensorflow.js';

/** memory-program.js: computes a convolution, then with no memory left for what the addon takes itself, then with it again. */
const setLimit = (limit: string): void => {
  execFileSync('prlimit', ['--pid', String(process.pid), `--as=${limit}:unlimited`]);
};
const addressSpace = (): number =>
  1024 * Number(/VmSize:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);

await useBackend('native', { threads: 2 });
const filter = tf.fill<tf.Rank.R4>([3, 3, 16, 16], 0.5);
const x = tf.ones<tf.Rank.R4>([512, 64, 64, 16]);
const convolve = (images: tf.Tensor4D): number => {
  const y = tf.conv2d(images, filter, 1, 'same');
  const sum = tf.sum(y);
  const value = sum.dataSync()[0]!;
  tf.dispose([y, sum]);
  return value;
};
const some = tf.ones<tf.Rank.R4>([8, 64, 64, 16]);
const before = convolve(some);
// the array of the answer, so that it is not the one that cannot be had
tf.dispose(tf.mul(x, 2));
setLimit(String(addressSpace() + 16 * 2 ** 20));
try {
  console.log(`computed ${convolve(x)}`);
} catch (error) {
  console.log(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
setLimit('unlimited');
console.log(convolve(some) === before ? 'computes again' : 'computes something else');
