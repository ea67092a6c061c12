import { watch } from 'node:fs';
import { userWindows } from './windows.js';

/** Milliseconds after the last changed file before the page is loaded again. */
const QUIET_MILLISECONDS = 150;

/** `npm run dev`: loads the page again when the built renderer changes. */
export function watchForChanges(folder: string): void {
  let timer: NodeJS.Timeout | undefined;
  watch(folder, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const window of userWindows()) window.webContents.reloadIgnoringCache();
    }, QUIET_MILLISECONDS);
  });
}
