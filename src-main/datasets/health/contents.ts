import { createHash } from 'node:crypto';
import type { LabelledImages, Part } from '../dataset.js';
import { pixelsOf } from './outlines.js';

/** The parts in the order in which a pair is told: what is measured last stands first. */
export const MEASURED_FIRST: readonly Part[] = ['test', 'val', 'train'];

/** Images of one part that are the same to the last byte and are labelled alike. */
export interface Kind {
  readonly part: Part;
  /** Number of the label, or of the set of labels, in no order. */
  readonly label: number;
  /** Number of the first of its images in the part. */
  readonly first: number;
  images: number;
}

/** Everything that looks the same to the last byte. */
export interface Content {
  readonly kinds: number[];
}

export interface Contents {
  readonly kinds: readonly Kind[];
  /** Those with test images first, then those with validation images. */
  readonly contents: readonly Content[];
  /** Number of each image's kind, by part. */
  readonly kindOf: { readonly [part in Part]: Uint32Array };
}

type Parts = { readonly [part in Part]: LabelledImages };

/** Groups the images of all parts by what they show to the last byte. @param turn between two pieces of the work */
export async function groupByContent(parts: Parts, turn: () => Promise<void>): Promise<Contents> {
  const kinds: Kind[] = [];
  const contents: Content[] = [];
  const known = new Map<string, Content>();
  const labels = new Map<string, number>();
  const kindOf: { [part in Part]?: Uint32Array } = {};
  for (const part of MEASURED_FIRST) {
    const { images } = parts[part];
    const own = (kindOf[part] = new Uint32Array(images.count));
    const labelOf = labelNumbers(parts[part], labels);
    let bytes = 0;
    for (let i = 0; i < images.count; i++) {
      const pixels = pixelsOf(images, i);
      const hash = createHash('sha1').update(pixels).digest('base64');
      let content = known.get(hash);
      if (!content) known.set(hash, (contents[contents.length] = content = { kinds: [] }));
      const label = labelOf(i);
      let kind = content.kinds.find((k) => kinds[k]!.part === part && kinds[k]!.label === label);
      if (kind === undefined) {
        kind = kinds.push({ part, label, first: i, images: 0 }) - 1;
        content.kinds.push(kind);
      }
      kinds[kind]!.images++;
      own[i] = kind;
      bytes += pixels.length;
      if (bytes < 16 * 1024 * 1024) continue;
      bytes = 0;
      await turn();
    }
  }
  return { kinds, contents, kindOf: kindOf as Contents['kindOf'] };
}

function labelNumbers({ labels }: LabelledImages, known: Map<string, number>): (image: number) => number {
  const { values, labelsPerImage } = labels;
  if (labelsPerImage === 1) return (i) => values[i]!;
  return (i) => {
    const set = values.subarray(i * labelsPerImage, (i + 1) * labelsPerImage).join('');
    const number = known.get(set) ?? known.size;
    known.set(set, number);
    return number;
  };
}
