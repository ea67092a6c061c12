import type { Dataset } from '../dataset.js';
import { searchTwins } from './twin-search.js';

/**
 * Which test images have a twin in the training or validation part: 1 for those, length N.
 * @param turn between two pieces of the work
 */
export async function testTwins({ parts }: Pick<Dataset, 'parts'>, turn?: () => Promise<void>): Promise<Uint8Array> {
  const twins = await searchTwins(parts, { testOnly: true, ...(turn && { turn }) });
  const among = ['train', 'val'] as const;
  return Uint8Array.from({ length: parts.test.images.count }, (_, i) => Number(twins.has('test', i, { among })));
}
