/** What quitting would stop. */
export interface OngoingWork {
  /** Names of runs. */
  readonly runs: readonly string[];
  /** Names of models. */
  readonly exports: readonly string[];
  /** Names of files that are being written: reports, exports of runs. */
  readonly files: readonly string[];
}

export const NO_WORK: OngoingWork = { runs: [], exports: [], files: [] };

export const isWorking = ({ runs, exports, files }: OngoingWork): boolean =>
  runs.length + exports.length + files.length > 0;

/** What is asked before the program ends while something is going. */
export interface QuitQuestion {
  readonly message: string;
  readonly detail: string;
  readonly quit: string;
  readonly stay: string;
}

export function quitQuestion({ runs, exports, files }: OngoingWork): QuitQuestion {
  const working = [
    ...runs.map((name) => `“${name}” is running`),
    ...exports.map((name) => `“${name}” is being exported`),
    ...files.map((name) => `“${name}” is being written`),
  ];
  const detail = [
    runs.length > 0 ? 'MedForge writes a checkpoint first. The run can be resumed from it with the same result.' : '',
    exports.length > 0 ? 'The export will be cancelled and leaves no files.' : '',
    files.length > 0 ? 'Writing will be cancelled and leaves no file.' : '',
  ];
  const onlyExports = runs.length + files.length === 0;
  return {
    message: `${working.join(', ')}. Quit anyway?`,
    detail: detail.filter((line) => line !== '').join(' '),
    quit: runs.length > 0 ? 'Pause and Quit' : onlyExports ? 'Cancel the Export and Quit' : 'Cancel and Quit',
    stay: runs.length > 0 ? 'Keep Running' : 'Stay',
  };
}
