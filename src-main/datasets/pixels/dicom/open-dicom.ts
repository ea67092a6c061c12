import { refusal } from '../../refusal.js';
import {
  areEqualChannels,
  bitsFor,
  rangeOf,
  type DicomHeader,
  type OpenedFrames,
  type SourceImage,
} from '../source-image.js';
import { narrowed, paletteToRgb, ybrToRgb } from './colours.js';
import type { DataSet } from './data-set.js';
import { decodeFrame } from './decode.js';
import { frameBytes } from './frame-bytes.js';
import { isColour, readImageModule, type ImageModule } from './image-module.js';
import { readDicomFile } from './read-file.js';
import { decodedSamples, uncompressedSamples, type Stored } from './samples.js';
import { TAG } from './tags.js';
import { codecOf, type Codec } from './transfer-syntax.js';
import { rescaled, windowOf } from './values.js';

/**
 * Opens a DICOM file: its header is read and checked, its frames are decoded one by one when they are asked for.
 * @throws UserError `dicom-truncated`, `dicom-damaged`, `dicom-unsupported`, `dicom-syntax`, and for what is no image
 *   `dicom-directory`, `dicom-document`, `dicom-presentation-state`, `dicom-no-image`
 */
export function openDicom(bytes: Uint8Array, source: string): OpenedFrames {
  const { transferSyntax, dataSet } = readDicomFile(bytes, source);
  demandImage(dataSet, source);
  const syntax = codecOf(transferSyntax);
  if (syntax === null) {
    const wrong = `its transfer syntax ${transferSyntax} is not supported (video, or rarely used)`;
    throw refusal('dicom-syntax', source, wrong, 'Export it uncompressed or as JPEG');
  }
  const image = readImageModule(dataSet, source);
  const header = headerOf(dataSet, transferSyntax, image);
  const isLossy = syntax.lossy && dataSet.text(TAG.lossyCompression) !== '00';
  const notes = isLossy ? [`compressed with loss (${syntax.name})`] : [];
  const read = async (frame: number): Promise<SourceImage> => {
    const stored = await storedSamples(dataSet, image, syntax.codec, frame, source);
    const made = isColour(image.photometricInterpretation)
      ? colourImage(stored.samples, stored.isRgb, image)
      : image.photometricInterpretation === 'PALETTE COLOR'
        ? paletteImage(stored.samples, dataSet, source)
        : greyImage(stored.samples, dataSet, image, frame);
    return {
      format: 'DICOM',
      width: image.width,
      height: image.height,
      ...made,
      notes: [...notes, ...made.notes],
      frames: image.frames,
      frame,
      header,
    };
  };
  // a file that is cut off is refused at once, not at its last frame
  frameBytes(dataSet, image, syntax.codec, image.frames - 1, source);
  return { frames: image.frames, read };
}

async function storedSamples(
  data: DataSet,
  image: ImageModule,
  codec: Codec,
  frame: number,
  source: string,
): Promise<{ samples: Stored; isRgb: boolean }> {
  const packed = frameBytes(data, image, codec, frame, source);
  if (codec === 'none' || codec === 'deflate') {
    const isRgb = image.photometricInterpretation === 'RGB';
    return { samples: uncompressedSamples(packed, image, data.littleEndian), isRgb };
  }
  const decoded = await decodeFrame(packed.bytes, image, codec, source);
  return { samples: decodedSamples(decoded, image), isRgb: decoded.isRgb };
}

type Made = Omit<SourceImage, 'format' | 'width' | 'height' | 'frames' | 'frame' | 'header'>;

function greyImage(stored: Stored, data: DataSet, image: ImageModule, frame: number): Made {
  const values = rescaled(stored, data, frame, image.signed);
  const isPlain = values === stored && !image.signed && !image.floats && image.bitsStored <= 16;
  const samples = isPlain
    ? image.bitsStored <= 8
      ? Uint8Array.from(values)
      : Uint16Array.from(values)
    : Float32Array.from(values);
  const range = rangeOf(samples);
  return {
    channels: 1,
    samples,
    ...range,
    bits: isPlain ? image.bitsStored : null,
    bitsInUse: isPlain ? bitsFor(range.max) : null,
    inverted: image.photometricInterpretation === 'MONOCHROME1',
    window: windowOf(data, frame, image.signed),
    isGrey: true,
    notes: [],
  };
}

function colourImage(stored: Stored, isRgb: boolean, image: ImageModule): Made {
  return ofColours(isRgb ? narrowed(stored, image.bitsStored) : { samples: ybrToRgb(stored), bits: 8 }, [
    ...(image.bitsStored > 16 ? [`${String(image.bitsStored)} bits a sample reduced to 16`] : []),
  ]);
}

function paletteImage(stored: Stored, data: DataSet, source: string): Made {
  return ofColours(paletteToRgb(stored, data, source), ['palette to colours']);
}

function ofColours({ samples, bits }: { samples: Uint8Array | Uint16Array; bits: number }, notes: string[]): Made {
  const range = rangeOf(samples);
  return {
    channels: 3,
    samples,
    ...range,
    bits,
    bitsInUse: bitsFor(range.max),
    inverted: false,
    window: null,
    isGrey: areEqualChannels(samples, (2 ** bits - 1) / 255),
    notes,
  };
}

function headerOf(data: DataSet, transferSyntax: string, image: ImageModule): DicomHeader {
  const burned = data.text(TAG.burnedInAnnotation);
  return {
    patientId: data.text(TAG.patientId),
    studyInstanceUid: data.text(TAG.studyInstanceUid),
    seriesInstanceUid: data.text(TAG.seriesInstanceUid),
    patientSex: data.text(TAG.patientSex),
    patientAge: data.text(TAG.patientAge),
    modality: data.text(TAG.modality),
    burnedInAnnotation: burned === 'YES' ? 'yes' : burned === 'NO' ? 'no' : null,
    transferSyntax,
    photometricInterpretation: image.photometricInterpretation,
  };
}

/** What is stored under these classes is no image. */
const DOCUMENTS = '1.2.840.10008.5.1.4.1.1.104.';
const PRESENTATION_STATES = '1.2.840.10008.5.1.4.1.1.11.';
const DIRECTORY = '1.2.840.10008.1.3.10';

function demandImage(data: DataSet, source: string): void {
  const sopClass = data.text(TAG.sopClass) ?? '';
  const fail = (kind: string, what: string, remedy: string): never => {
    throw refusal(kind, source, what, remedy);
  };
  if (sopClass.startsWith(DOCUMENTS) || data.has(TAG.encapsulatedDocument)) {
    fail('dicom-document', 'the DICOM file contains a document (such as a PDF), not an image', 'Leave it out');
  }
  if (sopClass.startsWith(PRESENTATION_STATES)) {
    const what = 'the DICOM file contains a presentation state (how another file is displayed), not an image';
    fail('dicom-presentation-state', what, 'Use the file of the image itself');
  }
  if (data.has(TAG.pixelData) || data.has(TAG.floatPixels) || data.has(TAG.doublePixels)) return;
  if (sopClass === DIRECTORY || data.has(0x00041220)) {
    fail(
      'dicom-directory',
      'this is the directory of a DICOM medium (DICOMDIR), not an image',
      'Use the folders next to it',
    );
  }
  const modality = data.text(TAG.modality);
  const what = `the DICOM file contains no image${modality === null ? '' : ` (modality ${modality})`}`;
  fail('dicom-no-image', what, 'Leave it out, or export the images of its study');
}
