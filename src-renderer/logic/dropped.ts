/** What will happen with files that are held over the window, before their names can be known. */
export interface Foreseen {
  /** False: letting them go leads to an error. */
  readonly good: boolean;
  readonly title: string;
  readonly text: string;
}

const WANTED =
  'Drop a dataset (.npz), a folder with images, a bundle (its folder, or a .zip file of it), or an image (PNG, JPEG, TIFF, BMP, WebP or DICOM).';
const NAMES: readonly [RegExp, string][] = [
  [/^application\/pdf$/, 'A PDF document'],
  [/spreadsheet|excel|text\/csv/, 'A table'],
  [/word/, 'A Word document'],
  [/^text\//, 'A text file'],
  [/^image\//, 'An image of this type'],
  [/^audio\/|^video\//, 'A recording'],
];

/**
 * @param types MIME types as the system tells them; '' for folders and for what it does not know, datasets among it
 * @param model name of the model that is open, null when none is
 */
export function foreseen(types: readonly string[], model: string | null): Foreseen {
  if (
    types.length > 0 &&
    types.every((type) => /^image\/(png|jpeg|tiff|webp|bmp|x-ms-bmp|dicom)$|^application\/dicom$/.test(type))
  ) {
    if (types.length > 1) return { good: false, title: 'One image at a time', text: 'Drop a single image.' };
    if (model === null) {
      return {
        good: false,
        title: 'Open a model first',
        text: 'Images are classified by the model that is open in Models.',
      };
    }
    return { good: true, title: 'Try this image', text: `“${model}” classifies it. The image stays on this computer.` };
  }
  const other = types.find((type) => type !== '' && !/zip|octet-stream|json/.test(type));
  if (other !== undefined) {
    const name = NAMES.find(([pattern]) => pattern.test(other))?.[1] ?? 'A file of this type';
    return { good: false, title: `${name} is not a dataset`, text: WANTED };
  }
  return {
    good: true,
    title: 'Drop to add, import or verify',
    text: 'A dataset (.npz, or a folder of them) is checked and added; a folder with images is imported, alone or with its table; a bundle (its folder, or a .zip file of it) is verified.',
  };
}
