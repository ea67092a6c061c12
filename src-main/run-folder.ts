/** Names inside the folder of a run, `<home>/runs/<run>`, for the process that writes them and those that read them. */

/** What the processes that computed the run said, one file each: `1.jsonl`, `2.jsonl`, … */
export const ATTEMPTS_FOLDER = 'attempts';
export const CHECKPOINTS_FOLDER = 'checkpoints';
export const COMPARISONS_FOLDER = 'comparisons';
export const LOG_FILE = 'log';

const CHECKPOINT_FILE = /^checkpoint-(\d{6})-epoch-(\d{6})\.ckpt$/;

/** File name of a checkpoint. @param number orders the checkpoints of a run @param epoch finished epochs */
export function checkpointName(number: number, epoch: number): string {
  return `checkpoint-${pad(number)}-epoch-${pad(epoch)}.ckpt`;
}

/** Number and epoch in the name of a checkpoint, null for another file. */
export function parseCheckpointName(name: string): { readonly number: number; readonly epoch: number } | null {
  const match = CHECKPOINT_FILE.exec(name);
  return match ? { number: Number(match[1]), epoch: Number(match[2]) } : null;
}

function pad(value: number): string {
  return String(value).padStart(6, '0');
}
