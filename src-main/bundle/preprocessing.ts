import { describeIntensity, describePixelRule, type PixelRule } from '../vocabulary/pixel-rule.js';

export const PIXEL_RULE = 'configs/pixel_rule.json';

/** configs/pixel_rule.json: from the file of an image to what the network takes. */
export function pixelRuleDocument(rule: PixelRule): object {
  return { ...rule, in_words: describePixelRule(rule), then: 'divided by 255, channels first' };
}

/** Pillow's numbers of its filters: BICUBIC is the same as ours, BOX the nearest to a mean over areas. */
const PILLOW_FILTER = { cubic: 3, area: 4 } as const;

/**
 * preprocessor_config.json for the image processors of Hugging Face. `CLIPImageProcessor` brings the shorter side to size and
 * cuts the middle, `LlavaImageProcessor` makes the image a square with black first; both exist since 4.49. What none of them does
 * is said under `medforge`. Normalisation is inside the network.
 */
export function preprocessorConfig(rule: PixelRule): object {
  const { size, fit } = rule;
  return {
    image_processor_type: fit === 'crop' ? 'CLIPImageProcessor' : 'LlavaImageProcessor',
    do_convert_rgb: true,
    ...(fit === 'pad' ? { do_pad: true } : {}),
    do_resize: true,
    size: { shortest_edge: size },
    resample: PILLOW_FILTER[rule.resampling],
    do_center_crop: true,
    crop_size: { height: size, width: size },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: false,
    // the colour of what is added to make a square, and no normalisation
    image_mean: [0, 0, 0],
    image_std: [1, 1, 1],
    medforge: { pixel_rule: PIXEL_RULE, in_words: describePixelRule(rule), not_done_here: notDone(rule) },
  };
}

/** Steps of a rule that an image processor of Hugging Face does not do, in words. */
function notDone({ channels, intensity, frames, resampling }: PixelRule): string[] {
  const missing = ['Turn a photograph as its camera recorded, and put transparency on black, before this processor.'];
  if (channels === 1) {
    missing.push(
      'The network takes one channel: convert the picture to grey (Pillow mode L) before this processor and give the network pixel_values[:, :1].',
    );
  }
  if (intensity.kind !== 'eight-bit') {
    missing.push(
      `This processor takes pictures of eight bits: bring samples to 0 to 255 before it (${describeIntensity(intensity)}).`,
    );
  }
  if (resampling === 'area') {
    missing.push(
      'Its filter takes whole pixels, ours their shares: results differ by about one of 256 grey levels on average, by more at sharp edges.',
    );
  }
  if (frames !== 'first') missing.push('It takes one picture: choose the image of a file with several before it.');
  return missing;
}
