import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import typescript from 'typescript-eslint';

/**
 * The walls of ARCHITECTURE.md: arrows point one way, down this list, and never up. Each wall is a rule whose message says why
 * it stands and what to do instead. That there are no circles is a test (test/unit/structure.test.ts).
 */
const ROOMS = {
  'compute-page': 'page that computes',
  app: 'main process',
  cli: 'command line',
  ipc: 'channels to the window',
  actions: 'what a person can ask for',
  studies: 'studies',
  executors: 'where the tasks of a study run',
  jobs: 'runs and tasks',
  history: 'history',
  attempts: 'logs of what the processes of a run said',
  report: 'reports',
  bundle: 'bundles',
  search: 'search',
  training: 'training',
  learning: 'what search and training share',
  space: 'what follows from a genotype',
  datasets: 'datasets',
  statistics: 'statistics',
  compute: 'compute engine',
  vocabulary: 'what everything speaks',
};

/** @param {string} from folder that must not import  @param {(keyof typeof ROOMS)[]} above what it must not know */
function wall(from, above, why, options = {}) {
  return above.map((room) => ({
    group: [`**/${room}/**`],
    allowTypeImports: options.types ?? false,
    message: `${from} must not import ${room} (${ROOMS[room]}): ${why}`,
  }));
}

/** Every room but these. */
function allBut(...rooms) {
  return Object.keys(ROOMS).filter((room) => !rooms.includes(room));
}

const ELECTRON = {
  group: ['electron', 'electron/*'],
  message:
    'only app, ipc, jobs/worker-process and jobs/worker-channel know Electron, so that the same code runs in a window, in a worker and in a terminal: pass what you need as an argument.',
};

/** One configuration object per folder. */
function folder(files, patterns, ignores = []) {
  return {
    files,
    ignores,
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  };
}

const LOWER = 'arrows point down only; take what you need as an argument, or move the shared part below both.';
const NO_HISTORY =
  'it runs in worker processes, which never open the database; say it as a job event and the runner writes it down.';

const STATISTICS = 'it is arithmetic on numbers that knows nothing of networks: random generators are arguments.';
const SPACE =
  'it is arithmetic on genotypes, and the main process asks it for the window: no data, no tensors, random generators as arguments.';
const PAGE = 'there is no Node in the page: what needs it is asked of the worker process (jobs/page/messages.ts).';
const TWO_DOORS =
  'window and command line are two doors to the same room: put what both need into actions, or below it.';

const walls = [
  folder(['src-main/app/**/*.ts'], wall('app', ['cli'], TWO_DOORS)),
  folder(['src-main/cli/**/*.ts'], [...wall('cli', ['app', 'ipc'], TWO_DOORS), ELECTRON]),
  folder(
    ['src-main/ipc/**/*.ts'],
    [
      ...wall('ipc', ['app', 'cli'], 'main hands the handlers what they need (ipc/handler-context.ts).'),
      ...wall(
        'ipc',
        ['history'],
        'app opens the history and hands it over (ipc/handler-context.ts); its types are free.',
        { types: true },
      ),
    ],
  ),
  folder(
    ['src-main/actions/**/*.ts'],
    [
      ...wall(
        'actions',
        ['app', 'ipc', 'cli'],
        'both doors call it, so it knows neither: take what differs (where it runs, who is told) as an argument.',
      ),
      ELECTRON,
    ],
  ),
  folder(
    ['src-main/compute-page/**/*.ts'],
    [
      ...wall(
        'compute-page',
        ['app', 'cli', 'ipc', 'actions', 'studies', 'executors', 'history', 'report', 'bundle'],
        'it computes what a worker process hands to it through one port, and nothing else.',
      ),
      { group: ['**/compute/index.js', '**/compute/native/**', '**/hosts/dawn.js', '**/host-here.js'], message: PAGE },
      { group: ['node:*'], message: PAGE },
      ELECTRON,
    ],
    ['src-main/compute-page/preload.ts'],
  ),
  folder(
    ['src-main/studies/**/*.ts'],
    [
      ...wall(
        'studies',
        ['app', 'ipc', 'cli', 'actions'],
        'how a run is created is an argument (actions/run-study.ts).',
      ),
      ELECTRON,
    ],
  ),
  folder(
    ['src-main/executors/**/*.ts'],
    [
      ...wall(
        'executors',
        ['app', 'ipc', 'cli', 'actions', 'studies'],
        'an executor runs runs, whatever they are for.',
      ),
      ELECTRON,
    ],
  ),
  folder(
    ['src-main/jobs/**/*.ts'],
    [...wall('jobs', ['app', 'ipc', 'cli', 'actions', 'studies', 'executors'], LOWER), ELECTRON],
    ['src-main/jobs/worker-process.ts', 'src-main/jobs/worker-channel.ts'],
  ),
  folder(
    ['src-main/jobs/{worker-process,worker-channel}.ts'],
    wall('jobs', ['app', 'ipc', 'cli', 'actions', 'studies', 'executors'], LOWER),
  ),
  folder(
    ['src-main/history/**/*.ts'],
    [
      ...wall(
        'history',
        allBut('history', 'attempts', 'datasets', 'statistics', 'vocabulary'),
        'it keeps what runs say, in the words of vocabulary: move what both need there.',
      ),
      ...wall('history', ['datasets'], 'it keeps descriptions and reads no dataset; their types are free.', {
        types: true,
      }),
      ELECTRON,
    ],
  ),
  folder(
    ['src-main/attempts/**/*.ts'],
    [
      ...wall(
        'attempts',
        allBut('attempts', 'vocabulary'),
        'the process that computes a run writes it on any machine, without a history; who keeps what it says comes above.',
      ),
      ELECTRON,
    ],
  ),
  folder(
    ['src-main/bundle/**/*.ts'],
    [
      ...wall('bundle', ['app', 'ipc', 'cli', 'actions', 'studies', 'executors', 'jobs', 'search'], LOWER),
      ...wall('bundle', ['history'], NO_HISTORY),
      ELECTRON,
    ],
  ),
  folder(
    ['src-main/report/**/*.ts'],
    [
      ...wall(
        'report',
        allBut('report', 'vocabulary'),
        'it puts facts into words and reads nothing itself: actions/report-facts.ts gathers them.',
      ),
      ELECTRON,
    ],
  ),
  folder(
    ['src-main/search/**/*.ts'],
    [
      ...wall('search', ['app', 'ipc', 'cli', 'actions', 'studies', 'executors', 'jobs', 'bundle'], LOWER),
      ...wall('search', ['history'], NO_HISTORY),
      ELECTRON,
    ],
  ),
  folder(
    ['src-main/training/**/*.ts'],
    [
      ...wall('training', ['app', 'ipc', 'cli', 'actions', 'studies', 'executors', 'jobs', 'bundle'], LOWER),
      ...wall('training', ['search'], 'a search trains its candidates, a training knows of no search.'),
      ...wall('training', ['history'], NO_HISTORY),
      ELECTRON,
    ],
  ),
  folder(
    ['src-main/learning/**/*.ts'],
    [
      ...wall(
        'learning',
        allBut('learning', 'history', 'space', 'datasets', 'compute', 'statistics', 'vocabulary'),
        'it holds what search and training share: what one of them alone needs stays there.',
      ),
      ...wall('learning', ['history'], NO_HISTORY),
      ELECTRON,
    ],
  ),
  folder(
    ['src-main/space/**/*.ts'],
    [
      ...wall('space', allBut('space', 'compute', 'vocabulary'), SPACE),
      ...wall('space', ['compute'], SPACE, { types: true }),
      ELECTRON,
    ],
  ),
  folder(
    ['src-main/compute/**/*.ts'],
    [
      ...wall('compute', allBut('history', 'compute', 'datasets', 'vocabulary'), LOWER),
      ...wall('compute', ['history'], NO_HISTORY),
      ELECTRON,
    ],
  ),
  folder(
    ['src-main/datasets/**/*.ts'],
    [
      ...wall('datasets', allBut('history', 'compute', 'datasets', 'statistics', 'vocabulary'), LOWER),
      ...wall('datasets', ['history'], NO_HISTORY),
      ELECTRON,
    ],
  ),
  folder(
    ['src-main/statistics/**/*.ts'],
    [
      ...wall('statistics', allBut('statistics', 'compute'), STATISTICS),
      ...wall('statistics', ['compute'], STATISTICS, { types: true }),
      ELECTRON,
    ],
  ),
  folder(
    ['src-main/vocabulary/**/*.ts'],
    [
      {
        regex: '^(?!zod$|\\./)',
        message:
          'vocabulary is the ground floor: everything speaks it, so it may import nothing but zod and its own files. Take what you need as an argument.',
      },
    ],
  ),
  folder(
    ['src-main/vocabulary/limits.ts'],
    [
      {
        group: ['*'],
        message: 'the window is told the limits with its first picture, before zod is loaded: keep them plain numbers.',
      },
    ],
  ),
  folder(
    ['src-main/display/**/*.ts'],
    [
      {
        regex: '^(?!\\./|\\.\\./vocabulary/)',
        message:
          'display is part of the page too, which is sandboxed: it may know the types of vocabulary and its own files. Take what you need as an argument.',
      },
      {
        group: ['../vocabulary/*'],
        allowTypeImports: true,
        message: 'zod must not end up in the page: write `import type`.',
      },
    ],
  ),
  folder(
    ['src-renderer/**/*.{ts,svelte}'],
    [
      {
        regex: 'src-main/(?!ipc/contract\\.js$|display/)',
        message:
          'the renderer is sandboxed and sees the program only through the contract: import types from src-main/ipc/contract.ts, and add there what is missing. Of what runs, display/ alone is made for both doors.',
      },
      {
        group: ['**/src-main/ipc/contract.js'],
        allowTypeImports: true,
        message: 'the contract has types only; nothing of src-main may end up in the page: write `import type`.',
      },
      ELECTRON,
      { group: ['node:*'], message: 'there is no Node in the renderer: ask main through a channel of the contract.' },
    ],
  ),
];

export default typescript.config(
  { ignores: ['dist', 'build', 'out', 'test-results', '.setup', 'node_modules'] },
  js.configs.recommended,
  ...typescript.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  ...svelte.configs['flat/recommended'],
  { files: ['**/*.{ts,svelte}'], plugins: { '@typescript-eslint': typescript.plugin } },
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['vite.config.ts', 'playwright.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true },
      ],
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // An interface may promise more than one implementation needs.
      '@typescript-eslint/require-await': 'off',
      // Reports every class with private members that a variable of its own type holds.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'no-undef': 'off',
      'no-unused-vars': 'off',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
    rules: {
      // The compiler knows names and unused ones better: svelte-check is part of the tests.
      'no-undef': 'off',
      'no-unused-vars': 'off',
      // It takes the explanation after the colon for more names of warnings.
      'svelte/no-unused-svelte-ignore': 'off',
      'svelte/no-at-html-tags': 'error',
      // svelte/no-inline-styles would also forbid `style:width={…}`, which is set through the DOM and allowed by the policy.
      'no-restricted-syntax': [
        'error',
        {
          selector: "SvelteAttribute[key.name='style']",
          message: 'the content security policy drops style attributes: use a class, or style:property={value}.',
        },
      ],
    },
  },
  {
    files: ['src-main/**/*.ts'],
    ignores: ['src-main/ipc/handle.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression[callee.object.name=/^ipcMain$/][callee.property.name=/^(handle|on|once|handleOnce)$/]',
          message:
            'every channel goes through registerHandlers (ipc/handle.ts), which checks sender and arguments: add it to the contract.',
        },
      ],
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'performance',
          'URL',
          'AbortSignal',
          'AbortController',
          'fetch',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'setImmediate',
          'Buffer',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // `expect(object.method)` looks at the method and does not call it.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  ...walls,
);
