import { ipcRenderer } from 'electron';

/** All that this page is given: one port, once. */
ipcRenderer.once('compute-port', ({ ports }) => {
  const page = globalThis as unknown as {
    readonly location: { readonly origin: string };
    postMessage(message: string, origin: string, ports: readonly unknown[]): void;
  };
  page.postMessage('compute-port', page.location.origin, ports);
});
