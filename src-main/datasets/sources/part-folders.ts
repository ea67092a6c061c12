import { planImages } from './plan-images.js';
import { describePlace, type Place } from './place.js';
import type { ImageSource } from './source.js';

const inspect = (place: Place) =>
  describePlace(place, 'part-folders', 'Folders for train, val and test, with one folder per class');

/** Folders called train, val and test, in any usual spelling, above those of the classes or directly in them. */
export const partFolders: ImageSource = {
  id: 'part-folders',
  match: ({ table, layout: { classes, parts } }) => {
    return table === null && parts.some((part) => part !== null) && classes.some((name) => name !== null);
  },
  inspect,
  plan: (place, choices, options) => planImages(place, inspect(place), choices, options),
};
