import { UserError } from '../errors.js';
import type { ReadableHistory } from '../history/interface.js';
import type { ImagesRequest } from '../jobs/model-images.js';
import type { DecidedAt, ImagePage, ImageQuestion, ImageSelection, Outcome } from '../vocabulary/image-page.js';
import { diagnosisRequest, withoutFinding } from './diagnose-model.js';
import { classNamed } from './finding.js';

export interface ShowImagesContext {
  readonly history: ReadableHistory;
  /** In this process or in another one: `readModelImages` of `jobs/model-images.ts`. */
  readonly read: (request: ImagesRequest) => Promise<ImagePage>;
}

/**
 * The images behind a figure of a model, most confident first, with truth, what is said, probability and twins in other parts.
 * @param pictures with the pictures themselves and the class activation maps
 * @throws UserError `model-unknown`, and what `readModelImages` refuses
 */
export function showImages(
  { history, read }: ShowImagesContext,
  number: number,
  question: ImageQuestion,
  { pictures }: { readonly pictures: boolean },
): Promise<ImagePage> {
  const { model, labels, finding } = diagnosisRequest(history, number);
  const { run } = history.getModel(number).summary;
  const { dataset } = history.getRun(run);
  return read({ model, number, run, labels, finding, dataset, question, pictures });
}

/** What is asked for in words, as on a command line. */
export interface WantedImages {
  /** A cell of the confusion matrix: labels or numbers of classes. */
  readonly truth?: string | undefined;
  readonly prediction?: string | undefined;
  readonly outcome?: Outcome | undefined;
  /** Of an outcome. Default: the finding. */
  readonly class?: string | undefined;
  /** Of the reliability diagram. */
  readonly bin?: number | undefined;
  readonly calibrated?: boolean | undefined;
  /** A threshold for the finding; `kept`: at the operating point that is kept with the model, where there is one. */
  readonly at: 'kept' | 'most-probable' | number;
}

/**
 * Which images are meant: a cell, an outcome or a bin; without any, all that are classified wrongly.
 * @throws UserError `model-unknown`, `finding-class` for a class that is not there, `operating-point-finding` where no class is the
 * finding, `selection-question` for two questions at once or half of one
 */
export function imageSelection(history: ReadableHistory, model: number, wanted: WantedImages): ImageSelection {
  const { labels, finding, operatingPoint } = diagnosisRequest(history, model);
  const { truth, prediction, outcome, bin, calibrated = false } = wanted;
  const named = (choice: string): number => classNamed({ name: `Model ${model}`, labels }, choice);
  const asked = [truth ?? prediction, outcome, bin].filter((question) => question !== undefined);
  const half = (truth === undefined) !== (prediction === undefined);
  if (asked.length > 1 || half || (wanted.class !== undefined && outcome === undefined)) {
    throw new UserError(
      'selection-question',
      'Choose only one of these: a cell (truth and prediction), an outcome (of a class), or a bin. Choose none to see all wrong images.',
    );
  }
  if (bin !== undefined) return { by: 'bin', bin, calibrated };
  const at = decidedAt();
  if (truth !== undefined && prediction !== undefined) {
    return { by: 'cell', truth: named(truth), prediction: named(prediction), at };
  }
  if (outcome === undefined) return { by: 'wrong', at };
  const subject = wanted.class === undefined ? finding : named(wanted.class);
  if (subject === null) throw withoutFinding(labels, 'An outcome without a class refers to the finding');
  return { by: 'outcome', class: subject, outcome, at };

  function decidedAt(): DecidedAt {
    if (wanted.at === 'most-probable') return null;
    if (wanted.at === 'kept') {
      return operatingPoint && operatingPoint.finding === finding
        ? { finding: operatingPoint.finding, threshold: operatingPoint.threshold }
        : null;
    }
    if (finding === null) throw withoutFinding(labels);
    return { finding, threshold: wanted.at };
  }
}
