/** Where the files of a bundle are: a folder, or one that was packed. */
export interface BundleSource {
  /** The folder or the archive, as it is named in messages. */
  readonly location: string;
  /** Regular files by their paths in the bundle, with their sizes in bytes. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Content of one of them. @throws UserError naming it */
  read(path: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Files that file managers leave in the folders they show: of macOS, Windows and KDE. They say nothing about the bundle. */
const LEFTOVER = /^(?:\.DS_Store|\._.+|\.localized|Thumbs\.db|ehthumbs\.db|desktop\.ini|\.directory)$/i;
export const MAX_LEFTOVERS = 1000;

export const isLeftover = (path: string): boolean => LEFTOVER.test(path.slice(path.lastIndexOf('/') + 1));
