/** Metrics of one part as the MedMNIST evaluator defines them, with 95 % intervals (`training/metrics/bootstrap.ts`). */
export interface PartMetrics {
  readonly part: 'train' | 'val' | 'test';
  readonly images: number;
  readonly accuracy: number;
  readonly auc: number;
  readonly accuracyInterval: readonly [number, number];
  readonly aucInterval: readonly [number, number];
  readonly perClass: readonly {
    readonly label: string;
    readonly sensitivity: number;
    readonly specificity: number;
    readonly precision: number;
    readonly f1: number;
  }[];
  /** Rows: truth, columns: prediction. Null for multi-label tasks. */
  readonly confusion: readonly (readonly number[])[] | null;
  /** One ROC curve per class as [false positive rate, true positive rate] points. */
  readonly roc: readonly { readonly label: string; readonly points: readonly (readonly [number, number])[] }[];
}
