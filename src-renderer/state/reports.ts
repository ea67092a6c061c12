import type { ReportFormat, ReportSubject } from '../../src-main/ipc/contract.js';
import { attempt, messages } from './problems.svelte.js';

/** As long it is offered to show a report. */
const OFFERED_SECONDS = 30;

/**
 * Asks for a place and writes a report there; says where it is and offers to show it.
 * @param name of what it is about, as in "“name”"
 * @returns whether it was written
 */
export async function saveReport(subject: ReportSubject, format: ReportFormat, name: string): Promise<boolean> {
  const saved = await attempt(`The report of ${name} could not be written`, () =>
    window.medforge.invoke('reports:save', subject, format),
  );
  if (!saved) return false;
  const { report, file } = saved;
  messages.offer(
    { text: `Report saved: ${file}`, tone: 'done', action: 'Show in folder', act: () => show(report) },
    OFFERED_SECONDS,
  );
  return true;
}

export const cancelReport = (): Promise<void> =>
  attempt('The report could not be cancelled', () => window.medforge.invoke('reports:cancel'));

const show = (report: number): void =>
  void attempt('The report could not be shown', () => window.medforge.invoke('reports:show', report));
