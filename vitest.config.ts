import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** vitest leaves one processor free, which on two cores is half of them. */
const maxWorkers = availableParallelism();

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          maxWorkers,
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // A process for each of 150 files cost more than the longest of them. Files of one process share modules, so what a
          // test changes of them it puts back.
          isolate: false,
        },
      },
      {
        test: { name: 'contract', include: ['test/contract/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
      },
      {
        test: {
          name: 'integration',
          maxWorkers,
          include: ['test/integration/**/*.test.ts'],
          exclude: ['test/integration/faults/**'],
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/integration/faults/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 180_000,
          // They limit memory and disk, and kill at a moment: one at a time.
          fileParallelism: false,
        },
      },
    ],
  },
});
