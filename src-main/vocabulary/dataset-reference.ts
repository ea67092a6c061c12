/** The dataset file of a run, with what proves that it is still the same file. */
export interface DatasetReference {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}
