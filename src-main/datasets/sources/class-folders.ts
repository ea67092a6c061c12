import { planImages } from './plan-images.js';
import { describePlace, type Place } from './place.js';
import type { ImageSource } from './source.js';

const inspect = (place: Place) => describePlace(place, 'class-folders', 'One folder per class');

/** A folder for each class, which may have folders of its own. */
export const classFolders: ImageSource = {
  id: 'class-folders',
  match: ({ table, layout: { classes, parts } }) => {
    return table === null && parts.every((part) => part === null) && classes.some((name) => name !== null);
  },
  inspect,
  plan: (place, choices, options) => planImages(place, inspect(place), choices, options),
};
