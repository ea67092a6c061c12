const WRONG: { readonly [code: string]: string } = {
  EACCES: 'you do not have permission to write there',
  EPERM: 'you do not have permission to write there',
  EROFS: 'its disk is read-only',
  ENOTDIR: 'part of the path is a file',
  EISDIR: 'a folder with that name exists',
  EEXIST: 'a file with that name exists',
  ENAMETOOLONG: 'the path is too long',
  ENOSPC: 'its disk is full',
  EDQUOT: 'your disk quota is used up',
  ENOENT: 'its folder does not exist',
  EBUSY: 'another program is using it',
};

/** What the file system's code for a refused write says, in words that follow "… cannot be written: ". */
export function whyNotWritten(code: string): string {
  return WRONG[code] ?? `writing fails (${code})`;
}

/** Whether the file system refused a write because there is no room for it. */
export function isOutOfSpace(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(fileErrorCode(error) ?? '');
}

/** Code of an error of the file system (`ENOSPC`), undefined for any other error. */
export function fileErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
