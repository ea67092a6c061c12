/** What the program was started with. */
export interface StartOptions {
  readonly home: string | undefined;
  /** Reload the page when the built renderer changes (`npm run dev`). */
  readonly dev: boolean;
}

/** Reads our own options out of the command line; Chromium's switches among them are left alone. */
export function startOptions(argv: readonly string[], environment: NodeJS.ProcessEnv): StartOptions {
  const at = argv.indexOf('--home');
  const joined = argv.find((argument) => argument.startsWith('--home='))?.slice('--home='.length);
  const home = (at >= 0 ? argv[at + 1] : undefined) ?? joined;
  return { home: home === '' ? undefined : home, dev: environment['MEDFORGE_DEV'] === '1' };
}
