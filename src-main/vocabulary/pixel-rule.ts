import { z } from 'zod';

/** How the samples of a file become 0 to 255. */
export const intensityRuleSchema = z.discriminatedUnion('kind', [
  /**
   * Eight-bit samples stay as they are; a DICOM file is shown through its own window. A file of more bits is scaled by the
   * bits that it uses itself, and that is said.
   */
  z.object({ kind: z.literal('eight-bit') }).readonly(),
  /** From 0 to 2^bits − 1: the bits in use in the whole set. */
  z.object({ kind: z.literal('bits'), bits: z.int().min(1).max(32) }).readonly(),
  /** From one value to another, cut off at both ends: float images, or chosen by a person. */
  z
    .object({ kind: z.literal('range'), from: z.number(), to: z.number() })
    .readonly()
    .refine(({ from, to }) => from < to, 'a range goes from a lower to a higher value'),
  /** DICOM: one linear window for all files, in values after rescaling (Hounsfield units of a CT). */
  z.object({ kind: z.literal('window'), center: z.number(), width: z.number().min(1) }).readonly(),
  /** DICOM: the first window of each file; without one from its smallest to its largest value. */
  z.object({ kind: z.literal('window-of-file') }).readonly(),
]);
export type IntensityRule = z.infer<typeof intensityRuleSchema>;

/** Which images of a file with several are taken. */
export const frameChoiceSchema = z.enum(['first', 'middle', 'each']);
export type FrameChoice = z.infer<typeof frameChoiceSchema>;

/** From the file of an image to the pixels of a dataset: one rule for the whole set, the same at prediction. */
export const pixelRuleSchema = z
  .object({
    /** Height and width in pixels. */
    size: z.int().min(4).max(4096),
    /** 1 grey, 3 red, green, blue. */
    channels: z.union([z.literal(1), z.literal(3)]),
    /** `pad`: the whole image in the middle of a black square; `crop`: the largest square in its middle. */
    fit: z.enum(['pad', 'crop']),
    /** `area`: mean of what lies under a pixel; `cubic`: Catmull-Rom over as wide a neighbourhood as the reduction asks for. */
    resampling: z.enum(['area', 'cubic']),
    intensity: intensityRuleSchema,
    frames: frameChoiceSchema,
  })
  .readonly();
export type PixelRule = z.infer<typeof pixelRuleSchema>;

/** Sizes that an import offers first. */
export const USUAL_SIZES = [28, 64, 128, 224] as const;
/** A size that images can be imported in: the resolution is halved twice on the way through the network. */
export const importSizeSchema = z.int().min(12).max(256).multipleOf(4);

/**
 * The rule of a model whose dataset came as arrays: MedMNIST images were made from central squares by cubic interpolation,
 * and so are images that such a model, or one of an older version, is given.
 */
export function ruleOfArrays(size: number, channels: 1 | 3): PixelRule {
  return { size, channels, fit: 'crop', resampling: 'cubic', intensity: { kind: 'eight-bit' }, frames: 'first' };
}

/** A rule in words, for card, report and window; one sentence without its full stop. */
export function describePixelRule({ size, channels, fit, resampling, intensity, frames }: PixelRule): string {
  const square = `${String(size)}×${String(size)}`;
  return [
    describeIntensity(intensity),
    channels === 1 ? 'colours to grey (0.299 red + 0.587 green + 0.114 blue)' : 'grey to three equal channels',
    fit === 'pad' ? 'the whole image, padded with black to a square' : 'the largest square in the middle of the image',
    `brought to ${square} ${channels === 1 ? 'grey' : 'RGB'} pixels by ${resampling === 'area' ? 'area' : 'cubic interpolation'}`,
    {
      first: 'the first image of a file with several',
      middle: 'the middle image of a file with several',
      each: 'each image of a file with several',
    }[frames],
  ].join('; ');
}

/** How samples become 0 to 255, in words. */
export function describeIntensity(intensity: IntensityRule): string {
  switch (intensity.kind) {
    case 'eight-bit':
      return 'eight-bit samples as they are';
    case 'bits':
      return `samples from 0 to ${String(2 ** intensity.bits - 1)} (${String(intensity.bits)} bits in use) scaled to 0 to 255`;
    case 'range':
      return `values from ${String(intensity.from)} to ${String(intensity.to)} scaled to 0 to 255, others cut off`;
    case 'window':
      return `DICOM values through the window of centre ${String(intensity.center)} and width ${String(intensity.width)}`;
    case 'window-of-file':
      return 'DICOM values through the window of their file, without one from its smallest to its largest value';
  }
}
