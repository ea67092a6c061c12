import type { Shader } from '../program.js';
import { halve, INSIDE, pool, type ImageShape } from './arrays.js';
import { read, shader, write } from './buffers.js';
import { elementwise } from './normalisation.js';

/** How a value counts in a sum: as it is, through a pool, or as the gradient of what was pooled. */
export type TermKind = 'plain' | 'same' | 'half' | 'same-gradient' | 'half-gradient';

/** A term of a sum, as its shader is written for it. */
export interface SumTerm {
  /** Its place among the arrays that are bound. */
  readonly array: number;
  readonly kind: TermKind;
  /** Through a batch norm? */
  readonly norm: boolean;
}

/** Where the numbers of batch norms are: of each channel mean, deviation, scale · deviation and shift, or a bias alone. */
export type NormNumbers = 'statistics' | 'bias';
/** Rows of `statistics`, each of so many channels: mean, reciprocal deviation, scale · deviation, shift. */
export const NORM_ROWS = 4;

/** A normalised number, from the convolution `raw` of a channel and where the numbers of its norm begin. */
export const normalised = (numbers: NormNumbers, raw: string, start: string, channels: number): string =>
  numbers === 'bias'
    ? `(${raw} + numbers[${start} + channel])`
    : `((${raw} - numbers[${start} + channel]) * numbers[${start} + ${2 * channels}u + channel] + numbers[${start} + ${3 * channels}u + channel])`;

/**
 * The sum of terms. `arguments[t]`: where term t begins in its array, and where the numbers of its norm begin.
 * Buffers: the numbers where a term has a norm, the arrays, the sum, which `onTop` is added to.
 */
export function sumOfTerms(shape: ImageShape, terms: readonly SumTerm[], numbers: NormNumbers, onTop: boolean): Shader {
  const { images, height, width, channels } = shape;
  const arrays = Math.max(...terms.map(({ array }) => array)) + 1;
  const buffers = [
    ...(terms.some(({ norm }) => norm) ? [read('numbers')] : []),
    ...Array.from({ length: arrays }, (_, i) => read(`a${i}`)),
    write('sum'),
  ];
  const larger = { images, height: 2 * height, width: 2 * width, channels };
  const line = ({ array, kind, norm }: SumTerm, t: number): string => {
    const value = (at: string): string => `a${array}[arguments[${t}].x + ${at}]`;
    const lines: Record<TermKind, string> = {
      plain: `  let pooled = ${value('i')};`,
      same: pool(shape, value, false),
      half: halve(larger, value, false),
      'same-gradient': pool(shape, value, true),
      'half-gradient': halve(shape, value, true),
    };
    // The average of what is normalised is the average, normalised.
    const added = norm ? normalised(numbers, 'pooled', `arguments[${t}].y`, channels) : 'pooled';
    return `  {\n${lines[kind]}\n  total += ${added};\n  }`;
  };
  return shader(
    buffers,
    `${INSIDE}
${elementwise(images * height * width * channels)}
  let channel = i % ${channels}u;
  var total = ${onTop ? 'sum[i]' : '0.0'};
${terms.map(line).join('\n')}
  sum[i] = total;
}`,
  );
}
