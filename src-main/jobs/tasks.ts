import type { VerifyReport } from '../vocabulary/verify-report.js';
import type { BackendReport } from '../compute/backend.js';
import type { LabelDecision } from '../datasets/convert.js';
import type { PreviewRequest } from '../datasets/import/preview-import.js';
import type { DatasetDescription } from '../datasets/medmnist.js';
import type { Prediction } from '../vocabulary/prediction.js';
import type { DatasetReference } from '../vocabulary/dataset-reference.js';
import type { RetrainConfig, SearchConfig } from '../vocabulary/run-config.js';
import type { ImagePage } from '../vocabulary/image-page.js';
import type { ImageImport } from '../vocabulary/image-import.js';
import type { ImportChoices, ImportPlan, Inspection } from '../vocabulary/import-plan.js';
import type { ImportPreview } from '../vocabulary/import-preview.js';
import type { OperatingPoint } from '../vocabulary/operating-point.js';
import type { Evidence } from '../vocabulary/evidence.js';
import type { BundleRequest, WrittenBundle } from './bundle-writer.js';
import type { CleaningRequest, ExpectedFile } from './dataset-health.js';
import type { PairPicturesRequest } from './pair-pictures.js';
import type { DatasetHealth, PairPicture } from '../vocabulary/dataset-health.js';
import type { Cleaned } from '../vocabulary/dataset-manifest.js';
import type { DiagnosisRequest, OperatingPointRequest } from './model-diagnosis.js';
import type { ImagesRequest } from './model-images.js';
import type { Timing } from '../vocabulary/model.js';
import type { ModelComparison } from '../vocabulary/model-comparison.js';
import type { ComparisonRequest, MajorityRequest } from './model-comparison.js';
import type { DecidedFront, FrontRequest } from './model-front.js';
import type { TimingRequest } from './model-timing.js';
import type { Diagnostics, PartDiagnostics } from '../vocabulary/diagnostics.js';
import type { EvaluationRequest, MeasuredModel } from './model-evaluation.js';
import type { EvidenceRequest } from './report-evidence.js';
import type { Door } from './door.js';
import type { RunNeeds } from './run-needs.js';

/** Images of a few classes, ready to be shown. */
export interface DatasetSamples {
  /** Of the file as it is now. */
  readonly sha256: string;
  readonly balance: DatasetDescription['balance'];
  readonly notes: DatasetDescription['notes'];
  readonly samples: readonly { readonly label: string; readonly images: readonly string[] }[];
}

/** What a measurement says of a run: how long it takes, and what it needs. */
export interface PaceEstimate extends Pace {
  readonly needs: RunNeeds;
}

export interface Pace {
  readonly seconds: number;
  readonly imagesPerSecond: number;
  readonly stepsPerEpoch: number;
}

/**
 * Short work that must not run in the main process: it reads untrusted files, or computes. Each task runs in a worker
 * process of its own that ends with it.
 */
export interface Tasks {
  /** Checks a `.npz` file and describes it. */
  'dataset:inspect': { readonly request: { readonly path: string }; readonly result: DatasetDescription };
  /** Checks a file that is added, and makes one of MedForge's own in `home` where it cannot be used as it is. */
  'dataset:prepare': {
    readonly request: { readonly path: string; readonly home: string; readonly labels: LabelDecision | null };
    readonly result: DatasetDescription;
  };
  /** Looks for the content of a reference in a file or folder; null when it is not there. */
  'dataset:find': {
    readonly request: { readonly reference: DatasetReference; readonly place: string };
    readonly result: string | null;
  };
  /** Class balance and a few images of each class. */
  'dataset:samples': {
    readonly request: { readonly path: string; readonly perClass: number };
    readonly result: DatasetSamples;
  };
  /** The health report of a dataset file; progress in thousandths of a step. */
  'dataset:check': { readonly request: ExpectedFile; readonly result: DatasetHealth };
  /** Pictures of images that are alike. */
  'dataset:pairs': {
    readonly request: PairPicturesRequest;
    readonly result: readonly PairPicture[];
  };
  /** Writes a cleaned copy of a dataset file. */
  'dataset:clean': {
    readonly request: CleaningRequest;
    readonly result: { readonly description: DatasetDescription; readonly cleaned: Cleaned };
  };
  /** Draws the demo dataset unless it is there. */
  'dataset:demo': { readonly request: { readonly folder: string }; readonly result: DatasetDescription };
  /** Downloads a set of the catalogue; progress in bytes. */
  'dataset:download': {
    readonly request: { readonly id: string; readonly home: string };
    readonly result: DatasetDescription;
  };
  /** What lies in a folder, and how its table is written. */
  'import:inspect': {
    readonly request: Pick<ImportChoices, 'location' | 'table' | 'reading'>;
    readonly result: Inspection;
  };
  /** What would become of a folder. */
  'import:plan': { readonly request: { readonly choices: ImportChoices }; readonly result: ImportPlan };
  /** Pictures of images and of the pixels that they would become; progress in images. */
  'import:preview': { readonly request: PreviewRequest; readonly result: ImportPreview };
  /** Writes the dataset file of an import; progress in images. */
  'import:run': {
    readonly request: { readonly wanted: ImageImport; readonly path: string };
    readonly result: DatasetDescription;
  };
  /** Measures a few steps of a search. */
  'search:estimate': {
    readonly request: { readonly config: SearchConfig; readonly home: string; readonly door: Door };
    readonly result: PaceEstimate;
  };
  /** Measures a few steps of a retraining, and a checkpoint in the data folder. */
  'retrain:estimate': {
    readonly request: { readonly config: RetrainConfig; readonly home: string; readonly door: Door };
    readonly result: PaceEstimate;
  };
  /** Writes a verified bundle into a new folder inside `folder`; progress in steps. */
  'model:export': { readonly request: BundleRequest; readonly result: WrittenBundle };
  /** Verifies a bundle from the bundle alone. */
  'bundle:verify': { readonly request: { readonly folder: string }; readonly result: VerifyReport };
  /** Classifies an image file with the weights of a retraining. */
  'model:predict': {
    readonly request: {
      readonly model: string;
      readonly image: string;
      readonly operatingPoint: OperatingPoint | null;
    };
    readonly result: Prediction;
  };
  /** All figures of a model, from its kept predictions. */
  'model:diagnose': { readonly request: DiagnosisRequest; readonly result: Diagnostics };
  /** Chooses where a model decides, on the validation part. */
  'model:operatingPoint': { readonly request: OperatingPointRequest; readonly result: OperatingPoint };
  /** A page of the images behind a figure; progress in steps. */
  'model:images': { readonly request: ImagesRequest; readonly result: ImagePage };
  /** Measures a model again and keeps its predictions. */
  'model:evaluate': { readonly request: EvaluationRequest; readonly result: MeasuredModel };
  /** Paired differences of two models, from their kept predictions. */
  'model:compare': { readonly request: ComparisonRequest; readonly result: ModelComparison };
  /** Where networks of one dataset file stand among each other, from their kept predictions. */
  'model:front': { readonly request: FrontRequest; readonly result: DecidedFront };
  /** What always saying the most frequent class reaches on the test part. */
  'model:majority': { readonly request: MajorityRequest; readonly result: PartDiagnostics['majority'] | null };
  /** How long an image takes in onnxruntime. */
  'model:time': { readonly request: TimingRequest; readonly result: Timing };
  /** What the files of a model say, for a report. */
  'report:evidence': { readonly request: EvidenceRequest; readonly result: Evidence };
  /** Checks a copy of the history and has it written to the disk. */
  'history:confirm': { readonly request: { readonly file: string }; readonly result: boolean };
  /** What can compute here. */
  devices: { readonly request: unknown; readonly result: readonly BackendReport[] };
}

export type TaskName = keyof Tasks;
export type TaskRequest<K extends TaskName> = K extends TaskName ? { readonly name: K } & Tasks[K]['request'] : never;
export type TaskResult<K extends TaskName> = Tasks[K]['result'];
