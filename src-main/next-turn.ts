/**
 * Gives the event loop a turn, in which signals and messages arrive. In Node by `setImmediate`; a page, which has none and whose
 * timers wait, sends itself a message.
 */
export function nextTurn(): Promise<void> {
  const immediate = globalThis.setImmediate as typeof setImmediate | undefined;
  if (immediate) return new Promise((resolve) => void immediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const there = port1 as unknown as { onmessage: () => void };
    there.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
