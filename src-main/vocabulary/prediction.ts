/** Class activation maps of one image: what each place of it adds to the logit of each output. */
export interface ActivationMaps {
  readonly height: number;
  readonly width: number;
  /** For each output, row by row; their mean plus the output's bias is the logit. */
  readonly maps: readonly (readonly number[])[];
}

/** What a model says of one image. */
export interface Prediction {
  /** The image as the network saw it, as a PNG data URL. */
  readonly image: string;
  /** In label order. */
  readonly probabilities: readonly { readonly label: string; readonly probability: number }[];
  /** How the image was brought to size. */
  readonly preparation: string;
  /** What is said of it: at the operating point, or the most probable label, or all labels above 0.5. */
  readonly predicted: readonly string[];
  /** In label order. */
  readonly activation: ActivationMaps;
}
