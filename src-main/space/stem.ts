import type { SpaceSettings } from '../vocabulary/space.js';

/** Height and width at which the cells of the first stage work at least, as on MedMNIST images of 28 pixels. */
const LEAST_SIDE = 28;

/**
 * How often the stem halves the resolution of larger images before the first stage, so that cells work on 28 to 32 pixels, as
 * stems for ImageNet do (Liu et al. 2019): 28 → 0, 64 → 1, 128 → 2, 224 → 3. Two more halvings follow between the stages, so the
 * side stays a multiple of four.
 * @param size height and width of an image in pixels
 */
export function stemHalvingsFor(size: number): number {
  let [halvings, side] = [0, size];
  while (side % 8 === 0 && side / 2 >= LEAST_SIDE) {
    side /= 2;
    halvings++;
  }
  return halvings;
}

/** Height and width at which the cells of the first stage work. */
export const cellSide = ({ stemHalvings = 0 }: SpaceSettings, imageSize: number): number => imageSize >> stemHalvings;

/** The convolutions of the stem: of each its name, channels and stride. */
export function stemBlocks(space: SpaceSettings): readonly {
  readonly name: string;
  readonly from: number;
  readonly stride: 1 | 2;
}[] {
  const { channels, inputChannels, stemHalvings = 0 } = space;
  return Array.from({ length: Math.max(1, stemHalvings) }, (_, i) => ({
    name: i === 0 ? 'stem' : `stem.${String(i)}`,
    from: i === 0 ? inputChannels : channels,
    stride: stemHalvings > 0 ? 2 : 1,
  }));
}
