/** What is wrong with a package that may be missing: a word for it, and what the import said. */
export class OptionalModuleError extends Error {}

/** Imports a package that MedForge works without. @param install the command, in backticks, and where it works @throws OptionalModuleError that says how to install it */
export async function importOptional(name: string, install: string): Promise<Record<string, unknown>> {
  try {
    return (await import(name)) as Record<string, unknown>;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
      throw new OptionalModuleError(`the package ${name} is not installed; run ${install}`, { cause: error });
    }
    throw new OptionalModuleError(`the package ${name} does not load: ${firstLine(message)}`, { cause: error });
  }
}

export function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}
