/** Images that are worked on at once: decoding runs on threads of its own. */
const AT_ONCE = 8;

/**
 * Works on items several at a time and hands their results out in the order of the items, with never more than a few waiting, so that
 * memory does not grow with their number.
 * @param signal ends it between two items  @throws the first error of `work`, in that order
 */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  work: (item: T) => Promise<R>,
  signal?: AbortSignal,
): AsyncGenerator<readonly [item: T, result: R]> {
  const waiting: (readonly [T, Promise<R>])[] = [];
  const start = (item: T): void => {
    const result = work(item);
    // an error is told when its turn comes
    result.catch(() => undefined);
    waiting.push([item, result]);
  };
  for (const item of items) {
    signal?.throwIfAborted();
    start(item);
    if (waiting.length < AT_ONCE) continue;
    const [first, result] = waiting.shift()!;
    yield [first, await result];
  }
  for (const [item, result] of waiting) {
    signal?.throwIfAborted();
    yield [item, await result];
  }
}
