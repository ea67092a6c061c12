const WRONG: { readonly [code: string]: string } = {
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'its disk is read-only',
  ENOTDIR: 'a part of the path is a file',
  EISDIR: 'there is a folder of that name',
  EEXIST: 'there is a file of that name',
  ENAMETOOLONG: 'the path is too long',
  ENOSPC: 'its disk is full',
  EDQUOT: 'your quota of its disk is used up',
  ENOENT: 'its folder is not there',
  EBUSY: 'another program holds it',
};

/** What the file system's code for a refused write says, in words that follow "… cannot be written: ". */
export function whyNotWritten(code: string): string {
  return WRONG[code] ?? `writing fails (${code})`;
}

/** Code of an error of the file system (`ENOSPC`), undefined for any other error. */
export function fileErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
