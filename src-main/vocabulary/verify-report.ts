/** What was verified of a bundle. */
export interface VerifyReport {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly files: number;
  /** What the bundle says of the data that it was trained on, a sentence; proved again where the dataset was given. */
  readonly trainedOn: string;
  /** Images of the test part that the metrics were recomputed on. */
  readonly images: number;
  readonly accuracy: number;
  readonly auc: number;
  /** Largest difference of a probability between this machine and the export: on the sample, and on the test part. */
  readonly sampleDifference: number;
  readonly testDifference: number | null;
  readonly batchDifference: number;
  /** One line for people for each thing that was checked. */
  readonly checks: readonly string[];
  /** One line for people for each thing that was not, with what it takes. */
  readonly unchecked: readonly string[];
  /** Files that file managers left in the folder. */
  readonly ignored: readonly string[];
}
