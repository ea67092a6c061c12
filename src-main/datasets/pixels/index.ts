export { applyRule, type AppliedRule } from './apply-rule.js';
export { bitsOfAlone } from './intensity.js';
export { framesOf, openFrames, openImage, type NamedBytes } from './open-image.js';
export type { DicomHeader, FileWindow, ImageFormat, OpenedFrames, SourceImage } from './source-image.js';
