/** One end of the channel between the page that computes and its worker process. */
export interface JobPort {
  post(message: unknown): void;
  listen(listener: (message: unknown) => void): void;
}

/** The port that main hands to a worker process. */
export function portOf(port: Electron.MessagePortMain): JobPort {
  return {
    post: (message) => port.postMessage(message),
    listen(listener) {
      port.on('message', ({ data }) => listener(data));
      port.start();
    },
  };
}
