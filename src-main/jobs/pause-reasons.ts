/** Why a run was paused, when somebody asked for it. Any other reason is a trouble that the user does not expect. */
export const PAUSE_REASONS = {
  user: 'Paused by the user.',
  asked: 'Asked to pause.',
  sleep: 'The machine went to sleep.',
  queue: 'The queue goes first; the study goes on after it.',
  quit: 'MedForge was closed.',
} as const;

/** Whether a pause with this reason was asked for. */
export function isRequestedPause(reason: string | null): boolean {
  return Object.values<string | null>(PAUSE_REASONS).includes(reason);
}
