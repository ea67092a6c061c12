/** How far a task is: what it does now, and how much of it is done. */
export interface TaskProgress {
  readonly step: string;
  readonly done: number;
  readonly total: number;
}
