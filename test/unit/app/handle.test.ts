import { describe, expect, it, vi } from 'vitest';
import { UserError } from '../../../src-main/errors.js';
import {
  isTrustedFrame,
  registerHandlers,
  type CheckedHandlers,
  type Handlers,
  type Reply,
} from '../../../src-main/ipc/handle.js';
import { createHandlers } from '../../../src-main/ipc/handlers/index.js';
import { argumentSchemas } from '../../../src-main/ipc/schemas.js';

const ours = { url: 'app://medforge/index.html', parent: null };

const search = {
  dataset: 'breastmnist',
  budget: { lower: 0, upper: 222_000 },
  epochs: 50,
  batch: null,
  channels: 16,
  cells: 3,
  seed: 1,
  backend: 'auto',
  threads: 0,
  method: 'zo-darts++',
  settings: { outlierCut: false, budgetTerm: 'published', warmup: 0.2 },
  race: {},
};
const retrain = {
  run: 1,
  epochs: 500,
  batch: 32,
  seeds: [1, 2],
  movingAverage: 0.999,
  classWeighting: false,
  selection: 'last',
};

const images = {
  part: 'test',
  selection: { by: 'cell', truth: 0, prediction: 1, at: null },
  from: 0,
  count: 60,
};
const folder = {
  reading: {},
  columns: { label: 'finding', groups: {} },
  patientFolder: null,
  patientBefore: null,
  classes: {},
  noneLabel: null,
  decisions: { 'labels-differ': 'table' },
  split: { anew: false, shares: { train: 70, val: 10, test: 20 }, seed: 0 },
};
const pixels = {
  size: 28,
  channels: 'auto',
  fit: 'pad',
  intensity: 'auto',
  frames: 'first',
  unreadable: 'refuse',
};
const imported = {
  choices: folder,
  pixels,
  name: 'Mine',
  licence: null,
  horizontalFlip: false,
  keepPatients: false,
  finding: null,
};
const study = {
  name: 'breast',
  datasets: ['breastmnist'],
  methods: [{ method: 'zo-darts++', asPublished: false }],
  budgets: ['72k..222k'],
  seeds: [1, 2],
  epochs: 50,
  batch: 32,
  channels: 16,
  cells: 3,
  retrainSeeds: [1],
  retrainEpochs: 100,
  threads: 1,
  atOnce: 2,
};
const preferences = {
  theme: 'system',
  numbers: 'comma-point',
  threads: 0,
  backend: 'auto',
  onGpuFault: 'stop',
  recent: [],
};

/** For each channel: arguments that pass, and arguments that do not. */
const table: { readonly [K in keyof Handlers]: { good: unknown[][]; bad: unknown[][] } } = {
  'datasets:list': { good: [[]], bad: [[1]] },
  'datasets:details': { good: [['breastmnist']], bad: [[], [''], [1], ['x'.repeat(201)]] },
  'datasets:add': { good: [[]], bad: [['/etc/passwd']] },
  'datasets:remove': { good: [['breastmnist']], bad: [[], [null]] },
  'datasets:finding': {
    good: [
      ['breastmnist', 0],
      ['breastmnist', null],
    ],
    bad: [['breastmnist'], ['breastmnist', -1], ['breastmnist', 'malignant']],
  },
  'datasets:name': {
    good: [['file:aa', { name: 'Chest', labels: ['normal', 'pneumonia'] }]],
    bad: [['file:aa'], ['file:aa', { name: 'Chest' }], ['file:aa', { name: 1, labels: [] }]],
  },
  'datasets:mirroring': { good: [['file:aa', true]], bad: [['file:aa'], ['file:aa', 1]] },
  'datasets:demo': { good: [[]], bad: [['/tmp']] },
  'datasets:download': { good: [['breastmnist']], bad: [[], [{}]] },
  'datasets:health': { good: [['file:aa']], bad: [[], [1]] },
  'datasets:check': { good: [['file:aa']], bad: [[], ['file:aa', '/etc/passwd']] },
  'datasets:pairs': { good: [['file:aa', 0, 6]], bad: [['file:aa'], ['file:aa', -1, 6], ['file:aa', 0, 1e6]] },
  'datasets:clean': {
    good: [['file:aa', { name: 'Clean', trainingTwins: true, conflictingTest: false }]],
    bad: [['file:aa'], ['file:aa', { name: 'Clean' }], ['file:aa', { out: '/etc/passwd', trainingTwins: true }]],
  },
  'datasets:stop': { good: [['file:aa']], bad: [[]] },
  'datasets:cancelDownload': { good: [['breastmnist']], bad: [[]] },
  'import:folder': { good: [[]], bad: [['/home']] },
  'import:table': { good: [[0], ['file'], [null]], bad: [[], ['/etc/passwd'], [-1], [1.5]] },
  'import:plan': {
    good: [[folder]],
    bad: [
      [],
      [{ ...folder, location: '/etc' }],
      [{ ...folder, table: '/etc/passwd' }],
      [{ ...folder, decisions: { 'labels-differ': 'guess' } }],
      [{ ...folder, noneLabel: 'x'.repeat(1_000_000) }],
    ],
  },
  'import:preview': {
    good: [[{ choices: folder, pixels, count: 24, whole: true }]],
    bad: [
      [{ choices: folder, pixels, count: 101, whole: true }],
      [{ choices: folder, pixels: { ...pixels, size: 30 }, count: 24, whole: true }],
    ],
  },
  'import:run': {
    good: [[imported], [{ ...imported, finding: 'malignant', licence: 'CC BY 4.0' }]],
    bad: [[{ ...imported, name: ' ' }], [{ ...imported, path: '/tmp/x.npz' }], [{ ...imported, size: 28 }]],
  },
  'import:cancel': { good: [[]], bad: [[1]] },
  'search:range': {
    good: [[{ channels: 16, cells: 3, inputChannels: 1, classes: 2 }]],
    bad: [
      [],
      [{ channels: 16, cells: 3, inputChannels: 2, classes: 2 }],
      [{ channels: 1e9, cells: 3, inputChannels: 1, classes: 2 }],
    ],
  },
  'search:budget': {
    good: [
      [
        { channels: 16, cells: 3, inputChannels: 1, classes: 2 },
        { lower: '', upper: '1e5..2e5' },
      ],
    ],
    bad: [
      [{ channels: 16, cells: 3, inputChannels: 1, classes: 2 }],
      [
        { channels: 16, cells: 3, inputChannels: 1, classes: 2 },
        { lower: 0, upper: 1 },
      ],
      [
        { channels: 16, cells: 3, inputChannels: 1, classes: 2 },
        { lower: '', upper: 'x'.repeat(101) },
      ],
    ],
  },
  'search:estimate': { good: [[search]], bad: [[{ ...search, epochs: 0 }]] },
  'search:methods': { good: [[]], bad: [['zo-darts++']] },
  'search:start': {
    good: [
      [search],
      [{ ...search, name: 'a name', epochs: null, batch: 16 }],
      [{ ...search, race: null }],
      [{ ...search, onGpuFault: 'native' }],
      [{ ...search, race: { share: 0.5, random: 8, smallest: true } }],
    ],
    bad: [
      [{ ...search, race: { share: 0 } }],
      [{ ...search, race: { candidates: 4 } }],
      [{ ...search, budget: { lower: 2, upper: 1 } }],
      [{ ...search, epochs: 1.5 }],
      [{ ...search, epochs: Number.NaN }],
      [{ ...search, seed: -1 }],
      [{ ...search, backend: 'cuda' }],
      [{ ...search, onGpuFault: 'pray' }],
      [{ ...search, path: '/etc/passwd' }],
      [{ ...search, name: 'two\nlines' }],
      [search, search],
    ],
  },
  'retrain:estimate': { good: [[retrain]], bad: [[{ ...retrain, epochs: 0 }], [{ ...retrain, path: '/etc' }]] },
  'retrain:start': {
    good: [[retrain], [{ ...retrain, name: 'R' }]],
    bad: [[{ ...retrain, seeds: [] }], [{ ...retrain, movingAverage: 1 }]],
  },
  'runs:list': { good: [[]], bad: [[null]] },
  'runs:details': { good: [[1]], bad: [[0], [1.5], ['1'], [2 ** 53]] },
  'runs:epochs': { good: [[1, 0]], bad: [[1], [1, -1]] },
  'runs:pause': { good: [[1]], bad: [[]] },
  'runs:resume': { good: [[1]], bad: [[{}]] },
  'runs:cancel': { good: [[1]], bad: [[-1]] },
  'runs:delete': { good: [[1]], bad: [['../1']] },
  'runs:repeat': { good: [[1]], bad: [[0], [1, {}]] },
  'runs:rename': {
    good: [[1, 'name']],
    bad: [
      [1, ''],
      [1, 'a\u0000b'],
      [1, 'x'.repeat(201)],
    ],
  },
  'runs:note': {
    good: [[1, 'a\nnote']],
    bad: [
      [1, 'x'.repeat(20_001)],
      [1, null],
    ],
  },
  'runs:tag': {
    good: [[1, ['a', 'b']]],
    bad: [
      [1, ['']],
      [1, 'a'],
      [1, Array.from({ length: 51 }, String)],
    ],
  },
  'runs:reorder': { good: [[[2, 1]]], bad: [[1], [[0]]] },
  'runs:cancelExport': { good: [[]], bad: [[1]] },
  'runs:export': {
    good: [[[1], 'csv']],
    bad: [
      [[], 'csv'],
      [[1], 'xml'],
      [[1], 'csv', '/tmp/x.csv'],
    ],
  },
  'runs:log': { good: [[1]], bad: [[]] },
  'runs:missingDataset': { good: [[1]], bad: [[], ['1']] },
  'runs:findDataset': {
    good: [
      [1, 'file'],
      [1, 'folder'],
    ],
    bad: [[1], [1, '/etc'], ['1', 'file']],
  },
  'models:list': { good: [[]], bad: [[1]] },
  'models:details': { good: [[1]], bad: [[]] },
  'models:diagnostics': { good: [[1]], bad: [[]] },
  'models:operatingPoint': {
    good: [
      [1, null],
      [1, { rule: 'youden' }],
      [1, { rule: 'sensitivity', atLeast: 0.95 }],
      [1, { rule: 'threshold', threshold: 0.3 }],
    ],
    bad: [[1], [1, { rule: 'sensitivity', atLeast: 95 }], [1, { rule: 'best' }], [1, { rule: 'threshold' }]],
  },
  'models:evaluate': { good: [[1]], bad: [[]] },
  'models:images': {
    good: [
      [1, images],
      [1, { ...images, part: 'val', selection: { by: 'bin', bin: 9, calibrated: true } }],
      [1, { ...images, selection: { by: 'outcome', class: 0, outcome: 'false-negative', at: null } }],
      [1, { ...images, selection: { by: 'wrong', at: { finding: 0, threshold: 0.2 } } }],
    ],
    bad: [
      [1],
      [1, { ...images, part: 'train' }],
      [1, { ...images, count: 101 }],
      [1, { ...images, from: -1 }],
      [1, { ...images, selection: { by: 'bin', bin: 10, calibrated: true } }],
      [1, { ...images, selection: { by: 'wrong', at: { finding: 0, threshold: NaN } } }],
      [1, { ...images, path: '/etc/passwd' }],
    ],
  },
  'models:cancelImages': { good: [[]], bad: [[1]] },
  'models:compare': { good: [[1, 2]], bad: [[1], [1, '2'], [1, 2, 3]] },
  'models:front': {
    good: [
      [{ figure: 'auc', networks: [{ model: 1, cost: 2, figure: { value: 0.5, interval: [0.4, 0.6] } }] }],
      [{ figure: 'accuracy', networks: [] }],
    ],
    bad: [[], [{ figure: 'loss', networks: [] }], [{ figure: 'auc', networks: [{ model: 0, cost: 1, figure: null }] }]],
  },
  'models:majority': { good: [['ab'.repeat(32)]], bad: [[], [''], ['a'.repeat(101)], [1]] },
  'models:time': { good: [[[1, 2]]], bad: [[[]], [1], [['1']]] },
  'models:cancelTiming': { good: [[]], bad: [[1]] },
  'models:export': { good: [[1]], bad: [[1, '/tmp']] },
  'models:cancelExport': { good: [[1]], bad: [[]] },
  'models:predict': { good: [[1]], bad: [[1, '/tmp/x.png']] },
  'studies:list': { good: [[]], bad: [['breast']] },
  'studies:tasks': { good: [['breast']], bad: [[], [''], [1], ['x'.repeat(201)]] },
  'studies:create': {
    good: [[study], [{ ...study, epochs: null, batch: null, channels: null, cells: null, retrainEpochs: null }]],
    bad: [
      [],
      [{ ...study, file: '/etc/passwd' }],
      [{ ...study, seeds: [] }],
      [{ ...study, methods: ['random'] }],
      [{ ...study, datasets: [{ path: '/etc/passwd' }] }],
      [{ ...study, atOnce: 65 }],
    ],
  },
  'studies:open': { good: [[]], bad: [['/etc/passwd']] },
  'studies:forget': { good: [['breast']], bad: [[]] },
  'studies:showFile': { good: [['breast']], bad: [[], [{ home: true }]] },
  'studies:check': { good: [['breast']], bad: [[], [{}]] },
  'studies:estimate': { good: [['breast']], bad: [[]] },
  'studies:cancelEstimate': { good: [[]], bad: [['breast']] },
  'studies:start': { good: [['breast']], bad: [[], ['breast', true]] },
  'studies:pause': { good: [['breast']], bad: [[]] },
  'studies:cancel': { good: [['breast']], bad: [[]] },
  'studies:retry': { good: [['breast']], bad: [[]] },
  'studies:tables': { good: [['breast']], bad: [[]] },
  'studies:figures': { good: [['breast']], bad: [[]] },
  'studies:save': {
    good: [
      ['breast', 'csv'],
      ['breast', 'tex'],
      ['breast', 'md'],
    ],
    bad: [['breast'], ['breast', 'pdf'], ['breast', '/etc/passwd']],
  },
  'figures:save': {
    good: [
      [{ name: 'Loss', format: 'svg', svg: '<svg xmlns="x"/>', width: 400, height: 200 }],
      [{ name: 'Loss', format: 'png', png: new Uint8Array(8) }],
      [{ name: 'Loss', format: 'csv', table: { columns: ['x'], rows: [[1], [null], ['a']] } }],
    ],
    bad: [
      [{ name: 'Loss', format: 'svg', svg: '<script>', width: 400, height: 200 }],
      [{ name: 'Loss', format: 'pdf', svg: '<svg />', width: 0, height: 200 }],
      [{ name: 'Loss', format: 'png', png: '/etc/passwd' }],
      [{ name: 'a\nb', format: 'csv', table: { columns: ['x'], rows: [] } }],
      [{ name: 'Loss', format: 'csv', table: { columns: ['x'], rows: [] }, path: '/tmp/x' }],
    ],
  },
  'figures:copy': {
    good: [[{ png: new Uint8Array(8) }], [{ table: { columns: ['x'], rows: [] } }]],
    bad: [[{ png: [1] }], [{ table: { columns: [], rows: [] } }]],
  },
  'reports:save': {
    good: [
      [{ model: 1 }, 'pdf'],
      [{ runs: [1, 2] }, 'md'],
    ],
    bad: [[], [{ model: 1 }], [{ model: 1 }, 'docx'], [{ runs: [1] }, 'html'], [{ model: 1, file: '/etc' }, 'pdf']],
  },
  'reports:cancel': { good: [[]], bad: [[1]] },
  'reports:show': { good: [[1]], bad: [[], ['/etc/passwd']] },
  'devices:list': { good: [[]], bad: [[1]] },
  'app:state': { good: [[]], bad: [[1]] },
  'app:shown': { good: [[]], bad: [[1]] },
  'app:prefer': {
    good: [[preferences], [{ ...preferences, theme: 'dark', numbers: 'point-comma', threads: 2, recent: ['run:1'] }]],
    bad: [
      [{ ...preferences, theme: 'pink' }],
      [{ ...preferences, threads: -1 }],
      [{ ...preferences, recent: Array.from({ length: 13 }, String) }],
      [{ ...preferences, home: '/' }],
    ],
  },
  'app:dataFolder': { good: [[]], bad: [['/etc']] },
  'files:receive': {
    good: [
      [[], null],
      [['/a.npz'], 1],
    ],
    bad: [[['/a.npz']], [[''], null], ['/a.npz', null]],
  },
  'app:remember': { good: [[{ place: 'search', run: null }]], bad: [[{ place: 'elsewhere', run: null }]] },
  'app:showFolder': { good: [[{ run: 1 }], [{ home: true }]], bad: [['/'], [{ path: '/' }], [{ run: 1, bundle: 2 }]] },
};

type Answer = (event: unknown, ...args: unknown[]) => Promise<Reply>;

function register(handler: (...args: never[]) => unknown, channels: readonly string[] = Object.keys(table)) {
  const registered = new Map<string, Answer>();
  const report = vi.fn();
  const handlers = Object.fromEntries(channels.map((channel) => [channel, handler])) as unknown as Handlers;
  registerHandlers(
    { handle: (name: string, answer: Answer) => registered.set(name, answer) } as never,
    Promise.resolve({ handlers, schemas: argumentSchemas }),
    report,
  );
  const call = (channel: string, args: unknown[], frame: unknown = ours): Promise<Reply> => {
    const answer = registered.get(channel);
    if (!answer) throw new Error(`no handler for ${channel}`);
    return answer({ senderFrame: frame }, ...args);
  };
  return { registered, report, call };
}

describe('channels', () => {
  it('have exactly one handler and one schema each', () => {
    const handlers = createHandlers({} as never);
    expect(Object.keys(handlers).sort()).toEqual(Object.keys(table).sort());
    expect(Object.keys(argumentSchemas).sort()).toEqual(Object.keys(table).sort());
    const { registered } = register(() => null, Object.keys(handlers));
    expect([...registered.keys()].sort()).toEqual(Object.keys(table).sort());
  });

  it.each(Object.entries(table))('%s takes good arguments and refuses bad ones', async (channel, { good, bad }) => {
    const handler = vi.fn(() => 'answer');
    const { call, report } = register(handler);
    for (const args of good) expect(await call(channel, args)).toEqual({ ok: true, value: 'answer' });
    expect(handler).toHaveBeenCalledTimes(good.length);
    for (const args of bad) {
      const reply = await call(channel, args);
      expect(reply, JSON.stringify(args)).toMatchObject({ ok: false });
      expect(!reply.ok && reply.message.startsWith(`${channel}: `)).toBe(true);
    }
    expect(handler).toHaveBeenCalledTimes(good.length);
    expect(report).not.toHaveBeenCalled();
  });

  it.each([
    ['a frame that is gone', null],
    ['another host', { url: 'app://evil/index.html', parent: null }],
    ['a host that begins like ours', { url: 'app://medforge.evil/index.html', parent: null }],
    ['another scheme', { url: 'https://medforge/index.html', parent: null }],
    ['a file', { url: 'file:///medforge/index.html', parent: null }],
    ['an embedded frame of our own page', { url: 'app://medforge/index.html', parent: ours }],
    ['no address', { url: '', parent: null }],
  ])('are closed to %s', async (_who, frame) => {
    const handler = vi.fn();
    const { call } = register(handler);
    expect(isTrustedFrame(frame as never)).toBe(false);
    for (const [channel, { good }] of Object.entries(table)) {
      const reply = await call(channel, good[0] ?? [], frame);
      expect(reply).toEqual({ ok: false, message: `${channel}: refused, not MedForge's own page.` });
    }
    expect(handler).not.toHaveBeenCalled();
  });
});

describe('calls that come while the program still loads', () => {
  function early() {
    const registered = new Map<string, Answer>();
    let settle!: { resolve(answering: CheckedHandlers): void; reject(error: unknown): void };
    const answering = new Promise<CheckedHandlers>((resolve, reject) => (settle = { resolve, reject }));
    const report = vi.fn();
    registerHandlers(
      { handle: (name: string, answer: Answer) => registered.set(name, answer) } as never,
      answering,
      report,
      Promise.resolve({ 'runs:list': () => [] }),
    );
    const call = async (channel: string, args: unknown[], frame: unknown = ours): Promise<Reply | undefined> =>
      registered.get(channel)?.({ senderFrame: frame }, ...args);
    return { call, settle, report };
  }

  it('wait, and are then checked and answered as ever', async () => {
    const { call, settle } = early();
    const handler = vi.fn(() => 'answer');
    const good = call('runs:details', [1]);
    const bad = call('runs:details', [0]);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(handler).not.toHaveBeenCalled();
    settle.resolve({ handlers: { 'runs:details': handler } as unknown as Handlers, schemas: argumentSchemas });
    expect(await good).toEqual({ ok: true, value: 'answer' });
    expect(await bad).toMatchObject({ ok: false });
    expect(handler.mock.calls).toEqual([[1]]);
  });

  it('are answered at once where that needs nothing, but only without arguments', async () => {
    const { call, settle } = early();
    expect(await call('runs:list', [])).toEqual({ ok: true, value: [] });
    expect(await call('runs:list', [], { ...ours, parent: ours })).toMatchObject({ ok: false });
    const bad = call('runs:list', [1]);
    settle.resolve({ handlers: {} as Handlers, schemas: argumentSchemas });
    expect(await bad).toMatchObject({ ok: false });
  });

  it('from elsewhere are refused at once', async () => {
    const { call } = early();
    expect(await call('runs:list', [], null)).toMatchObject({ ok: false });
  });

  it('are told when the program could not start', async () => {
    const { call, settle, report } = early();
    const waiting = call('models:list', []);
    settle.reject(new UserError('history-newer', 'It is newer.'));
    expect(await waiting).toEqual({ ok: false, message: 'It is newer.' });
    expect(report).not.toHaveBeenCalled();
  });
});

describe('errors', () => {
  it('of the user travel as their message', async () => {
    const { call, report } = register(() => {
      throw new UserError('run-unknown', 'There is no run 7.');
    });
    expect(await call('runs:details', [7])).toEqual({ ok: false, message: 'There is no run 7.' });
    expect(report).not.toHaveBeenCalled();
  });

  it('of the program say so and are reported', async () => {
    const fault = new TypeError('x is undefined');
    const { call, report } = register(() => Promise.reject(fault));
    expect(await call('runs:list', [])).toEqual({
      ok: false,
      message: 'Internal error (runs:list): x is undefined. See the log of MedForge for details.',
    });
    expect(report).toHaveBeenCalledWith('runs:list', fault);
  });

  it('never escape, whatever a renderer sends', async () => {
    const { call, report } = register(() => null);
    const values: unknown[] = [
      undefined,
      null,
      true,
      -1,
      0.5,
      Number.NaN,
      Infinity,
      2 ** 60,
      '',
      'x'.repeat(1e5),
      '../..',
      '\u0000',
      [],
      {},
      [[[]]],
      { run: 1 },
      { __proto__: null },
      new Map(),
      new Uint8Array(8),
      new Date(Number.NaN),
      10n,
      Symbol.iterator,
    ];
    let state = 1;
    const next = (limit: number): number => (state = (state * 48271) % 2147483647) % limit;
    const channels = Object.keys(table);
    for (let i = 0; i < 100_000; i++) {
      const args = Array.from({ length: next(4) }, () => values[next(values.length)]);
      const reply = await call(channels[next(channels.length)] ?? '', args);
      if (typeof reply.ok !== 'boolean') throw new Error(`no reply to ${String(args)}`);
    }
    expect(report).not.toHaveBeenCalled();
  });
});
