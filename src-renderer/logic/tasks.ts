import type { Task } from '../../src-main/ipc/contract.js';

const NAMES: Readonly<Record<Task, string>> = {
  'binary-class': 'binary',
  'multi-class': 'multi-class',
  'ordinal-regression': 'ordinal',
  'multi-label, binary-class': 'multi-label',
};

export const taskName = (task: Task): string => NAMES[task];
