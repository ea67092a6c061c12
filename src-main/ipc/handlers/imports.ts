import type { HandlerContext } from '../handler-context.js';
import type { Handlers } from '../handle.js';

/** Images of a person's own: where they lie is chosen in dialogs, and stays in main. */
export function importHandlers({
  dialogs,
  imports,
}: HandlerContext): Pick<Handlers, Extract<keyof Handlers, `import:${string}`>> {
  return {
    'import:folder': async () => {
      const folder = await dialogs.chooseImport('folder');
      return folder === null ? null : imports.open(folder, null);
    },
    'import:table': async (wanted) => {
      if (wanted !== 'file') return imports.useTable(wanted);
      const table = await dialogs.chooseImport('table');
      return table === null ? null : imports.useTable(table);
    },
    'import:plan': (choices) => imports.plan(choices),
    'import:preview': (request) => imports.preview(request),
    'import:run': (wanted) => imports.run(wanted),
    'import:cancel': () => imports.cancel(),
  };
}
