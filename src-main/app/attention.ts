import { BrowserWindow, Notification } from 'electron';
import type { RunSummary } from '../ipc/contract.js';
import { endNotice, type TaskBar } from './notice.js';

export function showTaskBar({ progress, mode }: TaskBar): void {
  for (const window of BrowserWindow.getAllWindows()) window.setProgressBar(progress, { mode });
}

/** Shows the notice unless the user is looking at the window already. */
export function notify(run: RunSummary, onClick: () => void): void {
  const notice = endNotice(run);
  if (!notice || !Notification.isSupported() || BrowserWindow.getFocusedWindow()) return;
  const notification = new Notification(notice);
  notification.on('click', onClick);
  notification.show();
}
