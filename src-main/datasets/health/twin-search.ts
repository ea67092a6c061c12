import type { LabelledImages, Part } from '../dataset.js';
import { groupByContent, MEASURED_FIRST, type Content, type Kind } from './contents.js';
import { mainDirections } from './directions.js';
import { correlationOf, FURTHEST, mayBeTwins, NEAR_IDENTICAL, outlinesOf, type Outlines } from './outlines.js';

/** Directions in which images are compared before their blocks are. */
const DIRECTIONS = 8;
/** Of these, those that the grid is laid along. */
const GRID = 4;
/** A cell is as wide as twins may lie apart, so that they lie in the same or in neighbouring cells. */
const CELL = Math.sqrt(FURTHEST + 1e-5);
/** Cells along a direction from −1 to 1, with one more at each end. */
const CELLS = 2 * Math.ceil(1 / CELL) + 2;
/** Numbers compared before the search ends unfinished: half a minute or so. */
const MOST_WORK = 3e10;
const WORK_AT_ONCE = 2e7;
const MOST_PAIRS = 60;

/** Bits of an image's flags: in which part it has a twin, one that is identical, one that is labelled otherwise. */
const PART_BIT = { train: 1, val: 2, test: 4 } as const;
const IDENTICAL = 3;
const OTHER_LABEL = 6;

export interface FoundPair {
  /** Of the test part before the validation part before the training part. */
  readonly images: readonly [FoundImage, FoundImage];
  readonly correlation: number;
  readonly identical: boolean;
  readonly otherLabel: boolean;
}

export interface FoundImage {
  readonly part: Part;
  readonly index: number;
}

/** Which images of a dataset have twins: identical or near-identical images. */
export interface Twins {
  has(part: Part, image: number, what: Question): boolean;
  /** Two images each; images that are the same to the last byte are told once for each part and label. Worst first, at most 60. */
  readonly pairs: readonly FoundPair[];
  /** Of the contents that differ, how many were compared with all others that they were to be compared with. */
  readonly compared: { readonly contents: number; readonly of: number };
}

export interface Question {
  /** Parts in which the twin is looked for; the image itself does not count. */
  readonly among: readonly Part[];
  readonly identical?: boolean;
  readonly otherLabel?: boolean;
}

export interface TwinSearchOptions {
  /** Look for twins of test images alone. */
  readonly testOnly?: boolean;
  /** Between two pieces of the work, with the share that is done. */
  readonly turn?: (done: number) => Promise<void>;
  /** Numbers to compare at most. Default: 3 · 10¹⁰. */
  readonly work?: number;
}

/**
 * Finds the images that are alike, within and across parts: identical ones, whose bytes are the same, and near-identical ones, whose
 * pixel values correlate by at least 0.99 (`NEAR_IDENTICAL`), whatever their brightness and contrast. Shifted, turned or mirrored
 * copies are not found; an image of one grey throughout has identical twins only.
 *
 * No pair is lost but by `work`: standardised images whose correlation is c lie √(2 (1 − c)) apart, and projections bring nothing further
 * apart. So twins lie in the same or in neighbouring cells of a grid along the four directions in which the images vary most; of those,
 * eight directions, then 7 × 7 blocks, then the pixels are compared, each until they are too far apart. Contents with test
 * images are compared first, then those with validation images, so that what is left when `work` is used up is of the training part.
 */
export async function searchTwins(
  parts: { readonly [part in Part]: LabelledImages },
  { testOnly = false, turn = () => Promise.resolve(), work: most = MOST_WORK }: TwinSearchOptions = {},
): Promise<Twins> {
  const rest = (): Promise<void> => turn(0);
  const { kinds, contents, kindOf } = await groupByContent(parts, rest);
  const outlines: { [part in Part]?: Outlines } = {};
  for (const part of MEASURED_FIRST) outlines[part] = await outlinesOf(parts[part].images, rest);
  const flags = new Uint16Array(kinds.length);
  const pairs = new WorstPairs();

  const tell = (a: number, b: number, correlation: number, identical: boolean): void => {
    const [one, other] = [kinds[a]!, kinds[b]!];
    const otherLabel = one.label !== other.label;
    for (const [own, { part }] of [
      [a, other],
      [b, one],
    ] as const) {
      const bit = PART_BIT[part];
      flags[own]! |= bit | (identical ? bit << IDENTICAL : 0) | (otherLabel ? bit << OTHER_LABEL : 0);
    }
    if (!pairs.mayTake(one.part, other.part, otherLabel, correlation)) return;
    const second = a === b ? secondOf(kindOf[one.part], a, one.first) : other.first;
    const images = [
      { part: one.part, index: one.first },
      { part: other.part, index: second },
    ] as const;
    const inOrder = MEASURED_FIRST.indexOf(one.part) <= MEASURED_FIRST.indexOf(other.part);
    pairs.add({ images: inOrder ? images : [images[1], images[0]], correlation, identical, otherLabel });
  };

  for (const { kinds: own } of contents) {
    own.forEach((a, i) => {
      if (kinds[a]!.images > 1) tell(a, a, 1, true);
      for (const b of own.slice(i + 1)) tell(a, b, 1, true);
    });
  }

  const first = (content: Content): Kind => kinds[content.kinds[0]!]!;
  // an image of one grey has no direction
  const varied = contents.filter((content) => {
    const { part, first: image } = first(content);
    return outlines[part]!.length[image]! > 0;
  });
  const grid = layGrid(
    varied.map((content) => ({ outlines: outlines[first(content).part]!, image: first(content).first })),
  );
  await rest();
  const wanted = testOnly ? varied.findLastIndex((content) => first(content).part === 'test') + 1 : varied.length;
  let [compared, work, next] = [0, 0, WORK_AT_ONCE];
  for (; compared < wanted && work <= most; compared++) {
    const own = first(varied[compared]!);
    const ownOutlines = outlines[own.part]!;
    work += grid.near(compared, (other) => {
      const theirs = first(varied[other]!);
      const theirOutlines = outlines[theirs.part]!;
      if (!mayBeTwins(ownOutlines, own.first, theirOutlines, theirs.first)) return ownOutlines.blockCount;
      const correlation = correlationOf(ownOutlines, own.first, theirOutlines, theirs.first);
      if (correlation >= NEAR_IDENTICAL) {
        for (const a of varied[compared]!.kinds) for (const b of varied[other]!.kinds) tell(a, b, correlation, false);
      }
      return ownOutlines.images.pixels.length / ownOutlines.images.count;
    });
    if (work < next) continue;
    next = work + WORK_AT_ONCE;
    await turn(compared / wanted);
  }
  return {
    has(part, image, { among, identical = false, otherLabel = false }) {
      const own = flags[kindOf[part][image]!]!;
      const bits = among.reduce((sum, other) => sum | PART_BIT[other], 0);
      const asked = identical ? own >> IDENTICAL : otherLabel ? own >> OTHER_LABEL : own;
      return (asked & bits) !== 0;
    },
    pairs: pairs.list,
    compared: { contents: compared, of: wanted },
  };
}

function secondOf(kindOf: Uint32Array, kind: number, first: number): number {
  return kindOf.indexOf(kind, first + 1);
}

interface Grid {
  /**
   * Calls `visit` for every later image that the directions do not prove to be far from this one.
   * @param visit gives the numbers that it compared  @returns all numbers that were compared
   */
  near(image: number, visit: (other: number) => number): number;
}

function layGrid(images: readonly { readonly outlines: Outlines; readonly image: number }[]): Grid {
  const width = images[0]?.outlines.blockCount ?? 1;
  const blocks = new Float32Array(images.length * width);
  images.forEach(({ outlines, image }, i) =>
    blocks.set(outlines.blocks.subarray(image * width, (image + 1) * width), i * width),
  );
  const axes = Math.min(DIRECTIONS, width);
  const directions = mainDirections(blocks, width, axes);
  const places = new Float32Array(images.length * axes);
  for (let i = 0; i < images.length; i++) {
    for (let d = 0; d < axes; d++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += blocks[i * width + k]! * directions[d * width + k]!;
      places[i * axes + d] = sum;
    }
  }
  const laid = Math.min(GRID, axes);
  const cellOf = (i: number): number => {
    let cell = 0;
    for (let d = 0; d < laid; d++) cell = cell * CELLS + Math.floor(places[i * axes + d]! / CELL) + CELLS / 2;
    return cell;
  };
  const starts = new Uint32Array(CELLS ** laid + 1);
  const cells = Uint32Array.from(images, (_, i) => cellOf(i));
  for (const cell of cells) starts[cell + 1]!++;
  for (let cell = 0; cell < CELLS ** laid; cell++) starts[cell + 1]! += starts[cell]!;
  const filled = starts.slice();
  const inCells = new Uint32Array(images.length);
  cells.forEach((cell, i) => (inCells[filled[cell]!++] = i));
  const neighbours = [0];
  for (let d = 0, step = 1; d < laid; d++, step *= CELLS) {
    neighbours.push(...neighbours.flatMap((offset) => [offset - step, offset + step]));
  }
  return {
    near(image, visit) {
      let work = neighbours.length;
      for (const offset of neighbours) {
        const cell = cells[image]! + offset;
        for (let at = starts[cell]!; at < starts[cell + 1]!; at++) {
          const other = inCells[at]!;
          work++;
          if (other <= image) continue;
          let distance = 0;
          for (let d = 0; d < axes && distance <= FURTHEST; d++) {
            const difference = places[image * axes + d]! - places[other * axes + d]!;
            distance += difference * difference;
          }
          work += axes;
          if (distance <= FURTHEST) work += visit(other);
        }
      }
      return work;
    },
  };
}

/** The pairs that matter most: labelled otherwise before labelled alike, with test images before those without, then the most alike. */
class WorstPairs {
  readonly list: FoundPair[] = [];

  mayTake(a: Part, b: Part, otherLabel: boolean, correlation: number): boolean {
    const last = this.list[MOST_PAIRS - 1];
    return !last || before({ rank: rank(a, b, otherLabel), correlation }, ranked(last));
  }

  add(pair: FoundPair): void {
    const own = ranked(pair);
    const at = this.list.findIndex((other) => before(own, ranked(other)));
    this.list.splice(at < 0 ? this.list.length : at, 0, pair);
    if (this.list.length > MOST_PAIRS) this.list.pop();
  }
}

interface Ranked {
  readonly rank: number;
  readonly correlation: number;
}

const ranked = ({ images: [a, b], otherLabel, correlation }: FoundPair): Ranked => ({
  rank: rank(a.part, b.part, otherLabel),
  correlation,
});

const before = (a: Ranked, b: Ranked): boolean =>
  a.rank < b.rank || (a.rank === b.rank && a.correlation > b.correlation);

function rank(a: Part, b: Part, otherLabel: boolean): number {
  const across = a === b ? 2 : a === 'test' || b === 'test' ? 0 : 1;
  return (otherLabel ? 0 : 3) + across;
}
