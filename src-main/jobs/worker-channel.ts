import { portOf, type JobPort } from './page/port.js';
import { parseToWorker, type FromWorker, type ToWorker } from './worker-messages.js';

/** The way to the host: Electron's port in a utility process, Node's own channel in a forked one (tests). */
export interface WorkerChannel {
  post(message: FromWorker): void;
  /** @param listener gets the port to the page that came with a message, if any */
  listen(listener: (message: ToWorker, port: JobPort | null) => void): void;
}

export function workerChannel(): WorkerChannel {
  // Typed as always there by Electron; in a process that Node forked it is not.
  const port = process.parentPort as Electron.ParentPort | undefined;
  if (port) {
    return {
      post: (message) => port.postMessage(message),
      listen: (listener) =>
        void port.on('message', ({ data, ports: [page] }) => listener(parseToWorker(data), page ? portOf(page) : null)),
    };
  }
  if (!process.send) throw new Error('worker.js is started by MedForge; do not start it yourself');
  const send = process.send.bind(process);
  return {
    post: (message) => void send(message),
    listen: (listener) => void process.on('message', (message) => listener(parseToWorker(message), null)),
  };
}
