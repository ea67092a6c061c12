import type { Labels, Task } from '../datasets/dataset.js';
import { UserError } from '../errors.js';
import type { ScoredPart, Scores } from '../training/metrics/scores.js';

/** One line an image: its number in the part, its truth, its probabilities as onnxruntime computed them at the export. */
export function encodePredictions(scores: Scores, truth: Labels): string {
  const { count, outputs, values } = scores;
  const truths = truth.labelsPerImage;
  const columns = (name: string, n: number): string[] => Array.from({ length: n }, (_, i) => `${name}_${String(i)}`);
  const lines = [['id', ...columns('truth', truths), ...columns('score', outputs)].join(',')];
  for (let i = 0; i < count; i++) {
    const row = [...values.subarray(i * outputs, (i + 1) * outputs)];
    // nine digits name a float32 exactly
    const numbers = row.map((value) => String(Number(value.toPrecision(9))));
    lines.push([i, ...truth.values.subarray(i * truths, (i + 1) * truths), ...numbers].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** @throws UserError `bundle-content` */
export function decodePredictions(text: string, source: string, task: Task, outputs: number): ScoredPart {
  const fail = (what: string): never => {
    throw new UserError('bundle-content', `${source} ${what}: the bundle is damaged, export the model again`);
  };
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const truths = header.split(',').filter((column) => column.startsWith('truth_')).length;
  const multiLabel = task === 'multi-label, binary-class';
  if (truths !== (multiLabel ? outputs : 1) || header.split(',').length !== 1 + truths + outputs) {
    fail(`has the columns "${header.slice(0, 80)}"`);
  }
  const values = new Float32Array(lines.length * outputs);
  const truth = new Uint8Array(lines.length * truths);
  lines.forEach((line, i) => {
    const cells = line.split(',').map(Number);
    const wrong =
      cells.length !== 1 + truths + outputs || cells[0] !== i || cells.some((cell) => !Number.isFinite(cell));
    const labels = cells.slice(1, 1 + truths);
    if (wrong || labels.some((label) => !Number.isInteger(label) || label < 0 || label >= (multiLabel ? 2 : outputs))) {
      fail(`has a wrong line ${String(i + 2)}`);
    }
    truth.set(labels, i * truths);
    values.set(cells.slice(1 + truths), i * outputs);
  });
  if (lines.length === 0) fail('has no images');
  return {
    task,
    scores: { count: lines.length, outputs, values },
    truth: { count: lines.length, labelsPerImage: truths, values: truth },
  };
}
