import type {
  DatasetEntry,
  FolderChoices,
  ImportPlace,
  ImportPlan,
  ImportPreview,
  InvokeChannels,
  PushChannels,
} from '../../src-main/ipc/contract.js';
import { demoEntry } from './fixture-catalogue.js';
import { datasetDetails } from './fixture-data.js';

type ImportChannel = Extract<keyof InvokeChannels, `import:${string}`>;
type Handlers = {
  [K in ImportChannel]: (...args: Parameters<InvokeChannels[K]>) => Promise<ReturnType<InvokeChannels[K]>>;
};
type Push = <K extends keyof PushChannels>(channel: K, payload: PushChannels[K]) => void;
type Table = NonNullable<ImportPlace['inspection']['table']>;

const column = (name: string, examples: readonly string[], role: 'file' | 'label' | 'patient' | 'sex' | null) => ({
  name,
  examples,
  different: examples.length * 3,
  proposal: role && { role, why: 'by name and contents' },
});
const table: Table = {
  path: 'Data_Entry_2017.csv',
  sentence:
    'UTF-8, 6 columns separated by commas, the first row is a header; decimal commas in “Pixel spacing”; 1,002 rows and 1 empty.',
  encoding: 'utf-8',
  byteOrderMark: false,
  delimiter: ',',
  header: true,
  decimalComma: ['Pixel spacing'],
  rows: 1002,
  emptyRows: 1,
  labelColumns: null,
  columns: [
    column('Image Index', ['00000231_013.png', '00000234_000.png', '00000235_000.png'], 'file'),
    column('Finding Labels', ['No Finding', 'Infiltration', 'Effusion|Infiltration'], 'label'),
    column('Patient ID', ['231', '234', '235'], 'patient'),
    column('Patient Age', ['58', '61'], null),
    column('Patient Gender', ['M', 'F'], 'sex'),
    column('Pixel spacing', ['0,143', '0,168'], null),
  ],
};
const inspection = {
  source: 'class-folders',
  sentence: 'A folder for each class: 1,000 images (1,000 png)',
  images: 1000,
  kinds: { png: 1000 },
  ignored: [{ what: 'hidden files', count: 3 }],
  folderClasses: ['0_normal', '1_abnormal'],
  folderParts: [],
  tables: ['Data_Entry_2017.csv', 'notes/readme.txt'],
  table: null,
};

function planOf({ columns, decisions, classes, split }: FolderChoices, hasTable: boolean): ImportPlan {
  const asked = (role: 'label' | 'patient', sentence: string, choice: string) =>
    hasTable && columns[role] === undefined
      ? [
          {
            kind: `${role}-column` as const,
            count: 1,
            sentence,
            examples: [],
            option: `--${role}-column`,
            choices: [{ choice, does: 'take it' }],
            chosen: null,
          },
        ]
      : [];
  const labels = hasTable ? ['Effusion', 'Infiltration', 'No Finding'] : inspection.folderClasses;
  const names = [...new Set(labels.map((label) => (Object.hasOwn(classes, label) ? classes[label] : label)))];
  const share = (images: number) =>
    [split.shares.train, split.shares.val, split.shares.test].map((of) => Math.round((images * of) / 100));
  const parts = (images: number) => share(images) as [number, number, number];
  const plan: Omit<ImportPlan, 'ready'> = {
    inspection: { ...inspection, table: hasTable ? table : null },
    columns: {
      file: hasTable ? 'Image Index' : null,
      label: columns.label ?? null,
      patient: columns.patient ?? null,
      part: null,
    },
    patientsFrom: columns.patient ? `column “${columns.patient}”` : 'nothing',
    task: 'multi-class',
    classes: names.flatMap((name, i) => (name == null ? [] : [{ name, images: parts(612 - 230 * i) }])),
    images: parts(1000),
    patients: columns.patient ? parts(421) : null,
    patientsOfSeveralLabels: 37,
    groups: [],
    split: 'anew',
    problems: [
      ...asked('label', 'Which column has the labels is not clear; “Finding Labels” looks like it', 'Finding Labels'),
      ...asked('patient', 'The column “Patient ID” looks like patients', 'Patient ID'),
      ...(hasTable
        ? [
            {
              kind: 'rows-without-file' as const,
              count: 2,
              sentence: '2 rows have no image in the folder',
              examples: ['row 14: 00000999_000.png', 'row 820: 00001021_002.png'],
              option: '--rows-without-file',
              choices: [{ choice: 'drop', does: 'leave these rows out' }],
              chosen: decisions['rows-without-file'] ?? null,
            },
            {
              kind: 'labels-differ' as const,
              count: 12,
              sentence: '12 images have a different label in the table than in the folder name',
              examples: ['1_abnormal/00000231_013.png: No Finding', '1_abnormal/00000235_000.png: No Finding'],
              option: '--labels-differ',
              choices: [
                { choice: 'table', does: 'use the label of the table' },
                { choice: 'folder', does: 'use the label of the folder' },
                { choice: 'drop', does: 'leave these images out' },
              ],
              chosen: decisions['labels-differ'] ?? null,
            },
            {
              kind: 'images-without-patient' as const,
              count: 4,
              sentence: '4 images have no patient',
              examples: ['0_normal/00000240_000.png'],
              option: '--images-without-patient',
              choices: [
                { choice: 'own', does: 'treat each of these images as a separate patient' },
                { choice: 'drop', does: 'leave these images out' },
              ],
              chosen: decisions['images-without-patient'] ?? null,
            },
          ]
        : []),
    ],
    notes: [
      'rows were matched with images: 1,000 by name',
      ...(columns.patient
        ? []
        : [
            'file names begin the same way (“00000231_…”: 7 images): if that is the patient, say so with --patient-before _',
          ]),
    ],
    preview: Array.from({ length: 10 }, (_, i) => ({
      file: `${inspection.folderClasses[i % 2]}/0000023${i}_00${i % 3}.png`,
      row: hasTable ? i + 2 : null,
      labels: [names[i % names.length] ?? ''],
      patient: columns.patient ? String(231 + i) : null,
      part: (['train', 'val', 'test'] as const)[i % 3] ?? 'train',
      groups: [],
    })),
  };
  return { ...plan, ready: plan.problems.every(({ chosen }) => chosen !== null) };
}

/** The import of images, made up. @param add is told of the dataset */
export function importHandlers(push: Push, add: (entry: DatasetEntry) => void): Handlers {
  let hasTable = false;
  const task = { stopped: false };
  const isStopped = (): boolean => task.stopped;
  const place = (): ImportPlace => ({
    folder: 'nih-chest',
    table: hasTable ? table.path : null,
    inspection: { ...inspection, table: hasTable ? table : null },
  });
  const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const pictures = datasetDetails(demoEntry).samples.flatMap(({ images }) => images);
  const count = async (step: string): Promise<void> => {
    task.stopped = false;
    for (let done = 0; done <= 1000; done += 40) {
      if (isStopped()) break;
      push('import:progress', { step, done, total: 1000 });
      await wait(60);
    }
    push('import:progress', null);
  };
  return {
    'import:folder': async () => {
      hasTable = false;
      return place();
    },
    'import:table': async (wanted) => {
      hasTable = wanted !== null;
      return place();
    },
    'import:plan': async (choices) => planOf(choices, hasTable),
    'import:preview': async ({ choices, pixels, count: shown, whole }) => {
      if (whole) await count('checking the images');
      const { preview, classes } = planOf(choices, hasTable);
      const images: ImportPreview['images'] = Array.from({ length: shown }, (_, i) => ({
        file: preview[i % 10]?.file ?? '',
        labels: [classes[Math.floor((i * classes.length) / shown)]?.name ?? ''],
        part: preview[i % 10]?.part ?? 'train',
        source: pictures[i % pictures.length] ?? '',
        pixels: pictures[i % pictures.length] ?? '',
        preparation: `PNG 1024×1024, grey stored as colours, resized to ${pixels.size}×${pixels.size} (area)`,
      }));
      return {
        images,
        looked: whole ? 1000 : shown,
        total: 1000,
        rule: `eight-bit samples as they are; the whole image, padded with black to a square; brought to ${pixels.size}×${pixels.size} grey pixels by area`,
        notes: ['all images have 1024×1024 pixels'],
        unreadable:
          whole && pixels.unreadable === 'refuse'
            ? { count: 1, reasons: ['1_abnormal/00000236_001.png: the file ends in the middle of the image.'] }
            : { count: 0, reasons: [] },
      };
    },
    'import:run': async ({ name }) => {
      await count('reading the images');
      if (task.stopped) return null;
      const entry = { ...demoEntry, id: 'file:import', name, synthetic: false };
      add(entry);
      return entry;
    },
    'import:cancel': async () => void (task.stopped = true),
  };
}
