/** The program of the page that computes on the graphics card: no Node, no network, one port. */
import { z } from 'zod';
import { usePageGpu } from '../compute/hosts/page.js';
import type { JobPort } from '../jobs/page/port.js';
import { serveJobs } from './run-job.js';

// The policy of the page forbids what zod would make of text.
z.config({ jitless: true });

/** What is used of the page's own port and events. */
interface PagePort {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
}
interface PortEvent {
  readonly data: unknown;
  readonly source: unknown;
  readonly ports: readonly PagePort[];
}
const page = globalThis as unknown as {
  addEventListener(type: 'message', listener: (event: PortEvent) => void): void;
};

let served = false;
page.addEventListener('message', ({ data, source, ports: [port] }) => {
  if (served || data !== 'compute-port' || source !== globalThis || !port) return;
  served = true;
  const way: JobPort = {
    post: (message) => port.postMessage(message),
    listen: (listener) => {
      port.onmessage = (event) => listener(event.data);
    },
  };
  serveJobs(way, usePageGpu);
});
