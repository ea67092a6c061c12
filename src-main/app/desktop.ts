import { BrowserWindow, Notification } from 'electron';
import type { RunSummary } from '../ipc/contract.js';
import { endNotification, type TaskBarProgress } from './run-notification.js';
import { userWindows } from './windows.js';

export function showTaskBarProgress({ progress, mode }: TaskBarProgress): void {
  for (const window of userWindows()) window.setProgressBar(progress, { mode });
}

/** Shows the notification at the end of a run unless the user is looking at the window already. */
export function notify(run: RunSummary, onClick: () => void): void {
  const content = endNotification(run);
  if (!content || !Notification.isSupported() || BrowserWindow.getFocusedWindow()) return;
  const notification = new Notification(content);
  notification.on('click', onClick);
  notification.show();
}
