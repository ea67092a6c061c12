/** The smallest study with two of everything, as it stands in a file. */
export const exampleStudy = {
  format: 'medforge-study',
  version: 1,
  name: 'breast',
  datasets: ['breastmnist'],
  searches: { methods: ['zo-darts++', 'random'], budgets: ['72k..222k', '342k..506k'], seeds: [1, 2], epochs: 50 },
  retrainings: { seeds: [1], epochs: 100 },
};

export type ExampleStudy = typeof exampleStudy;

export type Changes = { readonly [field: string]: unknown };

/** With some fields of the file and of its searches changed. */
export const changed = (changes: Changes = {}, searches: Changes = {}): unknown => ({
  ...exampleStudy,
  ...changes,
  searches: { ...exampleStudy.searches, ...searches },
});
