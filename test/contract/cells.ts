import { mixedCell, mixedCellComposition, type CellActivity } from '../../src-main/compute/operations/mixed-cell.js';
import { tf } from '../../src-main/compute/tensorflow.js';

/** What of a cell is active: all, or what an edge's text names (skip s, 1×1 1, 7×7 7, 5×5 5, 3×3 3, pool p). */
export interface CellCase {
  readonly images: number;
  readonly size: number;
  readonly channels: number;
  readonly grown: boolean;
  /** Six texts in the order of the edges 1←0, 2←0, 2←1, 3←0, 3←1, 3←2. Default: everything. */
  readonly edges?: readonly string[];
  /** Of the comparison with the composition, which leaves rounding where the kernel has exact zeros. */
  readonly tolerance?: number;
}

export const CELLS: Record<string, CellCase> = {
  'phase 1, 4 channels': { images: 6, size: 5, channels: 4, grown: false },
  'phase 2, 4 channels': { images: 3, size: 6, channels: 4, grown: true },
  'phase 2, 12 channels, more than a group': { images: 9, size: 3, channels: 12, grown: true },
  'phase 2, 16 channels': { images: 3, size: 4, channels: 16, grown: true },
  'phase 2, 6 channels, no whole vectors': { images: 2, size: 4, channels: 6, grown: true },
  'phase 1, 32 channels': { images: 2, size: 3, channels: 32, grown: false },
  'one path': { images: 2, size: 5, channels: 8, grown: true, edges: ['7', '', 's', '', '', 'p'] },
  'one edge': { images: 2, size: 5, channels: 8, grown: true, edges: ['', '', '', '53', '', ''] },
  'skips and pools only': { images: 2, size: 4, channels: 8, grown: true, edges: ['s', 'p', 'sp', '', 's', 'p'] },
  'a node that leads nowhere': {
    images: 2,
    size: 5,
    channels: 4,
    grown: true,
    edges: ['7s', '1', '', 's', '', '3'],
    tolerance: 1e-3,
  },
  'a node that nothing reaches': {
    images: 2,
    size: 5,
    channels: 4,
    grown: true,
    edges: ['', 's1', '75', '', '1', 'p'],
    tolerance: 1e-3,
  },
  'no path at all': { images: 2, size: 4, channels: 4, grown: true, edges: ['7', 's', '', '', '', ''] },
};

const BRANCHES = { one: 1, seven: 7, five: 5, three: 3 } as const;

export function activityOf({ edges, grown }: Pick<CellCase, 'edges' | 'grown'>): CellActivity {
  const texts = edges ?? new Array<string>(6).fill(grown ? 's1753p' : 's17p');
  return {
    operations: texts.map((text) => [
      true,
      text.includes('s'),
      text.includes('1'),
      /[753]/.test(text),
      text.includes('p'),
    ]),
    kernels: texts.map((text) => [text.includes('7'), text.includes('5'), text.includes('3')]),
  };
}

type Tensors = { readonly [input: string]: tf.Tensor };

/** Runs a cell on named tensors. What is not active has probability 0. */
export function runCell(
  cell: typeof mixedCell,
  { grown }: CellCase,
  inputs: Tensors,
  positive: CellActivity,
  computed: CellActivity,
): tf.Tensor4D {
  const convolutions = (name: string) => ({ filter: inputs[name]!, bias: inputs[`${name}Bias`] as tf.Tensor2D });
  const mask = (table: readonly (readonly boolean[])[]): tf.Tensor2D =>
    tf.tensor2d(
      table.map((row) => row.map(Number)),
      undefined,
      'float32',
    );
  return cell(
    inputs['x'] as tf.Tensor4D,
    {
      one: convolutions('one'),
      seven: convolutions('seven'),
      five: grown ? convolutions('five') : null,
      three: grown ? convolutions('three') : null,
    },
    tf.mul(inputs['operations'] as tf.Tensor2D, mask(positive.operations)),
    grown ? tf.mul(inputs['kernels'] as tf.Tensor2D, mask(positive.kernels)) : null,
    computed,
  );
}

export function cellShapes({ images, size, channels, grown }: CellCase): Record<string, number[]> {
  const shapes: Record<string, number[]> = { x: [images, size, size, channels] };
  for (const [name, k] of Object.entries(BRANCHES)) {
    if (!grown && (name === 'five' || name === 'three')) continue;
    shapes[name] = [6, k, k, channels, channels];
    shapes[`${name}Bias`] = [6, channels];
  }
  shapes['operations'] = [6, 5];
  if (grown) shapes['kernels'] = [6, 3];
  return shapes;
}

export function cellCase(options: CellCase): {
  tolerance: number;
  shapes: Record<string, number[]>;
  fused: (inputs: Tensors) => tf.Tensor;
  composition: (inputs: Tensors) => tf.Tensor;
} {
  const activity = activityOf(options);
  return {
    tolerance: options.tolerance ?? 1e-5,
    shapes: cellShapes(options),
    fused: (inputs) => runCell(mixedCell, options, inputs, activity, activity),
    composition: (inputs) => runCell(mixedCellComposition, options, inputs, activity, activity),
  };
}
