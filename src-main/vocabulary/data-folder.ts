/** What the data folder holds, in bytes. */
export interface DataFolder {
  readonly path: string;
  readonly bytes: number;
  /** Left on its disk for this user. */
  readonly free: number;
  /** Largest first. */
  readonly parts: readonly {
    readonly name: 'history' | 'runs' | 'datasets' | 'backups' | 'other';
    readonly bytes: number;
  }[];
}
