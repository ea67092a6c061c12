import { InvalidArgumentError, Option, type Command } from 'commander';
import { imageSelection, showImages, type WantedImages } from '../../actions/show-images.js';
import { readModelImages } from '../../jobs/model-images.js';
import { MOST_IMAGES, outcomeSchema, type ImagePage, type Outcome, type Twin } from '../../vocabulary/image-page.js';
import { positiveNumber, wholeNumber } from '../options.js';
import { percent, table } from '../output.js';
import { withSessionOnFullDisk } from '../session.js';
import { untilSignalled } from '../signals.js';
import { UserError } from '../../errors.js';

interface ErrorsOptions {
  readonly split: 'val' | 'test';
  readonly truth?: string;
  readonly predicted?: string;
  readonly outcome?: Outcome;
  readonly class?: string;
  readonly bin?: number;
  readonly calibrated: boolean;
  readonly at: WantedImages['at'];
  readonly skip: number;
  readonly count: number;
}

export function registerErrors(program: Command): void {
  program
    .command('errors')
    .argument('<model>', 'number of a model (`runs show` lists them)', wholeNumber)
    .addOption(new Option('--split <part>', 'set of the dataset').choices(['val', 'test']).default('test'))
    .option(
      '--truth <class>',
      'true class, by label or number; with --predicted selects a cell of the confusion matrix',
    )
    .option('--predicted <class>', 'predicted class; needs --truth')
    .addOption(
      new Option('--outcome <outcome>', 'outcome for the finding, or for the class given by --class').choices(
        outcomeSchema.options,
      ),
    )
    .option('--class <class>', 'with --outcome: this class instead of the finding')
    .option('--bin <n>', 'a bin of the reliability diagram: 3 is a probability from 0.3 to 0.4', bin)
    .option('--calibrated', 'with --bin: use the calibrated probabilities', false)
    .option(
      '--at <threshold>',
      'threshold for predicting the finding: kept (the saved operating point, if any), most-probable, or a probability',
      threshold,
      'kept',
    )
    .option('--skip <n>', 'number of images to skip', wholeNumber, 0)
    .option('--count <n>', `number of images to list, at most ${MOST_IMAGES}`, pageSize, 20)
    .description(
      'lists the images behind a figure of a model, most confident first, with their twins in other sets; by default all wrong ones',
    )
    .action((model: number, options: ErrorsOptions, command: Command) =>
      withSessionOnFullDisk(command, async ({ history, output }) => {
        const { split, skip, count, predicted, ...wanted } = options;
        const selection = imageSelection(history, model, { ...wanted, prediction: predicted });
        const page = await untilSignalled(
          new UserError('images-cancelled', 'Cancelled before the images were read. Run the command again.'),
          (signal) =>
            showImages(
              {
                history,
                read: (request) => readModelImages(request, ({ step }) => output.progress(`${step}…`), signal),
              },
              model,
              { part: split, selection, from: skip, count },
              { pictures: false },
            ),
        );
        output.object({ event: 'images', model, part: split, selection, ...withoutPictures(page) });
        output.text(`model ${model}: ${page.sentence}`);
        if (page.images.length > 0) for (const line of imageLines(page)) output.text(line);
        const shown = page.from + page.images.length;
        if (shown < page.total) output.note(`${page.total - shown} more: use --skip ${shown} to see them`);
      }),
    );
}

function imageLines({ images, labels }: ImagePage): string[] {
  const names = (classes: readonly number[]): string =>
    classes.map((k) => labels[k] ?? String(k)).join(', ') || 'no label';
  const rows: (string | number)[][] = [['image', 'truth', 'predicted', 'probability', 'of', 'twins in other sets']];
  for (const { index, truth, said, subject, probability, twins, twinCount } of images) {
    const more = twinCount > twins.length ? [`${twinCount - twins.length} more`] : [];
    const told = [...twins.map((twin) => twinText(twin, names)), ...more].join('; ');
    rows.push([index, names(truth), names(said), percent(probability), names([subject]), told || '–']);
  }
  return table(rows, [false, false, false, true]);
}

function twinText(
  { part, index, correlation, identical, otherLabel, truth }: Twin,
  names: (of: readonly number[]) => string,
): string {
  const likeness = identical ? 'identical' : `correlation ${correlation.toFixed(3)}`;
  return `${part} ${index} (${likeness}${otherLabel ? `, labelled ${names(truth)}` : ''})`;
}

function withoutPictures({ images, ...page }: ImagePage): object {
  return {
    ...page,
    images: images.map(({ image: _, activation: __, twins, ...rest }) => ({
      ...rest,
      twins: twins.map(({ image: ___, ...twin }) => twin),
    })),
  };
}

function bin(text: string): number {
  if (!/^\d$/.test(text)) throw new InvalidArgumentError(`expected a bin from 0 to 9, saw '${text}'`);
  return Number(text);
}

function threshold(text: string): WantedImages['at'] {
  if (text === 'kept' || text === 'most-probable') return text;
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError(`expected kept, most-probable or a probability from 0 to 1, saw '${text}'`);
}

function pageSize(text: string): number {
  const value = positiveNumber(text);
  if (value > MOST_IMAGES) throw new InvalidArgumentError(`expected at most ${MOST_IMAGES}, saw '${text}'`);
  return value;
}
