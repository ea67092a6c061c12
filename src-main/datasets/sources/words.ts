import { count } from '../../number-text.js';

/** 1 row, 2 rows, 1,000 rows. */
export const counted = (number: number, what: string): string => `${count(number)} ${what}${number === 1 ? '' : 's'}`;
