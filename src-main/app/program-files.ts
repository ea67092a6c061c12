import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '..', '..', '..');

/** Folder of the built page. */
export const RENDERER = join(PROJECT, 'dist', 'renderer');
export const PRELOAD = join(PROJECT, 'dist', 'preload', 'preload.cjs');
/** Folder of the built page that computes on a graphics card. */
export const COMPUTE_PAGE = join(PROJECT, 'dist', 'compute');
export const COMPUTE_PRELOAD = join(COMPUTE_PAGE, 'preload.cjs');
export const ICON = join(PROJECT, 'resources', 'icon.png');
