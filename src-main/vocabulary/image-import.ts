import { z } from 'zod';
import { importChoicesSchema } from './import-plan.js';
import { frameChoiceSchema, importSizeSchema, intensityRuleSchema } from './pixel-rule.js';

/** What is chosen of the pixels of an import; what is not is found out from all images. */
export const importPixelsSchema = z
  .strictObject({
    size: importSizeSchema.default(28),
    /** `auto`: 1 where every image is grey, also grey that is stored as colours; else 3. */
    channels: z.union([z.literal('auto'), z.literal(1), z.literal(3)]).default('auto'),
    fit: z.enum(['pad', 'crop']).default('pad'),
    /** `auto`: the bits in use of the whole set; DICOM through the window of each file. */
    intensity: z.union([z.literal('auto'), intensityRuleSchema]).default('auto'),
    frames: frameChoiceSchema.default('first'),
    /** What becomes of files that cannot be read. */
    unreadable: z.enum(['refuse', 'drop']).default('refuse'),
  })
  .readonly();
export type ImportPixels = z.infer<typeof importPixelsSchema>;

/** All that an import asks for. */
export const imageImportSchema = z
  .strictObject({
    choices: importChoicesSchema,
    pixels: importPixelsSchema.prefault({}),
    /** Of the dataset. */
    name: z.string().trim().min(1).max(200),
    licence: z.string().max(500).nullable().default(null),
    /** Whether a mirrored image has the same label; left and right may be the label. */
    horizontalFlip: z.boolean().default(false),
    /** Write the patients' names as they stand in the source, instead of numbers alone. */
    keepPatients: z.boolean().default(false),
  })
  .readonly();
export type ImageImport = z.infer<typeof imageImportSchema>;
