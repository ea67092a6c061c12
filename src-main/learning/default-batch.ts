/** Steps that an epoch should have. */
const STEPS = 20;

/** The power of two nearest to images/20, within 16..512: small sets need small batches to take enough steps. */
export function batchFor(images: number): number {
  return 2 ** Math.min(9, Math.max(4, Math.round(Math.log2(Math.max(1, images) / STEPS))));
}
