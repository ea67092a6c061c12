import { ipcRenderer } from 'electron';

/** All that this page is given: one port, once. */
ipcRenderer.once('compute-port', ({ ports }) => {
  const { location, postMessage } = globalThis as unknown as {
    readonly location: { readonly origin: string };
    postMessage(message: string, origin: string, ports: readonly unknown[]): void;
  };
  postMessage('compute-port', location.origin, ports);
});
