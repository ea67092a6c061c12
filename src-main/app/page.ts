import { protocol } from 'electron';
import { RENDERER } from './program-files.js';
import { SCHEME, START_PAGE, serve } from './protocol.js';

/** What the bytes of a script need on their way to the page after it was read. */
const WAY_MILLISECONDS = 15;

/**
 * Serves the page under its scheme.
 * @returns settles when the page has its scripts: for a while it works without this process
 */
export function servePage(): Promise<void> {
  return new Promise((resolve) => {
    protocol.handle(SCHEME, async (request) => {
      const response = await serve(RENDERER, request);
      if (request.url !== START_PAGE) setTimeout(resolve, WAY_MILLISECONDS);
      return response;
    });
  });
}
