import { runKernel } from '../fused.js';
import { tf } from '../tensorflow.js';

/** Gives variables that share their memory with other tensors (a clone does) memory of their own. */
export function makeWritable(variables: readonly tf.Variable[]): void {
  for (const variable of variables) {
    if (tf.backend().refCount(variable.dataId) <= 1) continue;
    const own = runKernel('Copy', { x: variable })[0]!;
    variable.assign(own);
    own.dispose();
  }
}
