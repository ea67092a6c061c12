/** Array whose presence in an archive says that its images are synthetic, whatever the file is called. */
export const SYNTHETIC_MARKER = 'medforge_synthetic';

/** Classes of the demo dataset, in class order. */
export const DEMO_CLASSES: readonly string[] = ['smooth nodule', 'spiculated nodule', 'ring', 'cluster of dots'];

/** Version of the drawing: raised when the same seed gives other pixels. */
export const DEMO_VERSION = 1;
