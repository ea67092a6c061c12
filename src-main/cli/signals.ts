const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Work that ends with `reason`, and removes what it has written, when this process is asked to stop. Asked a second time, the
 * process ends at once.
 */
export async function untilSignalled<T>(reason: Error, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const ignore = (): void => {
    for (const name of ENDING) process.off(name, onSignal);
  };
  const onSignal = (): void => {
    // Without a listener, the next one does what it always does.
    ignore();
    stop.abort(reason);
  };
  for (const name of ENDING) process.on(name, onSignal);
  try {
    return await work(stop.signal);
  } finally {
    ignore();
  }
}
