import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '..', '..', '..');

/** Folder of the built page. */
export const RENDERER = join(PROJECT, 'dist', 'renderer');
export const PRELOAD = join(PROJECT, 'dist', 'preload', 'preload.cjs');
export const ICON = join(PROJECT, 'resources', 'icon.png');
