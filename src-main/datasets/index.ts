/** What the rest of the program uses of datasets. */
export { augmentBatch, DEFAULT_PADDING, gatherLabels, normaliseBatch, type Augmentation } from './augmentation.js';
export { BatchSampler, type BatchSamplerState } from './batches.js';
export { catalogue, findCatalogued, findInCatalogue, type CatalogueEntry } from './catalogue.js';
export type { Dataset, Images, Labels, Part, Task } from './dataset.js';
export { DEMO_CLASSES, DEMO_FILE_NAME, DEMO_SAMPLES, DEMO_SEED, drawDemoDataset, ensureDemoDataset } from './demo.js';
export { downloadDataset, type DownloadOptions, type DownloadProgress, type Transport } from './download.js';
export { datasetsFolder, listNpzFiles, loadReferenced, type FileReference } from './library.js';
export { datasetBalance, inspectDataset, loadDataset, type DatasetDescription } from './medmnist.js';
export { decodeNpy, encodeNpy, readNpy, type Dtype, type NpyArray, type NpyData } from './npy.js';
export { encodeNpz } from './npz-writer.js';
export { NPZ_LIMITS, openNpz, readNpz, type NpzLimits, type NpzOptions } from './npz.js';
export { hashFile } from './regular-file.js';
export { poolParts, splitForSearch, type SearchSplit } from './split.js';
