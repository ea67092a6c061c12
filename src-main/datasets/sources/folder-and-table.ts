import { planImages } from './plan-images.js';
import { describePlace, type Place } from './place.js';
import type { ImageSource } from './source.js';

const inspect = (place: Place) => describePlace(place, 'folder-and-table', 'A folder and a table');

/** Images in folders of any kind, and a text file with a row for each of them. */
export const folderAndTable: ImageSource = {
  id: 'folder-and-table',
  match: ({ table }) => table !== null,
  inspect,
  plan: (place, choices, options) => planImages(place, inspect(place), choices, options),
};
