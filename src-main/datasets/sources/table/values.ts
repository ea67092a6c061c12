const MISSING = new Set(['', 'na', 'n/a', '#n/a', 'nan', 'null', '-', '--', '–', '—', '?', '.']);

/** Whether a cell says that there is no value: nothing, or a mark for nothing such as `NA`, `-`, `?`. */
export const isMissing = (cell: string): boolean => MISSING.has(cell.trim().toLowerCase());

const NUMBER = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)$/;

/** The number that a cell holds, with a decimal point or comma; null: something else. */
export function numberOf(cell: string): number | null {
  const text = cell.trim();
  return NUMBER.test(text) ? Number(text.replace(',', '.')) : null;
}

const AGE_UNITS: { readonly [unit: string]: number } = { y: 1, m: 1 / 12, w: 7 / 365.25, d: 1 / 365.25 };
const OLDEST = 130;

/** An age in years, of `57`, `57,0`, `57 years` or as DICOM writes it (`045Y`, `018M`, `003W`, `010D`); null: none that can be. */
export function ageInYears(cell: string): number | null {
  const parts = /^(\d+(?:[.,]\d*)?)\s*(?:(y|m|w|d)|years?|yrs?|yo|jahre?|j)?\.?$/i.exec(cell.trim());
  if (parts === null) return null;
  const years = Number(parts[1]!.replace(',', '.')) * AGE_UNITS[parts[2]?.toLowerCase() ?? 'y']!;
  return years <= OLDEST ? years : null;
}

/** The groups that figures are told apart by: 0-17, 18-39, 40-64, 65 and over. */
export function ageGroup(years: number): string {
  if (years < 18) return '0-17';
  if (years < 40) return '18-39';
  return years < 65 ? '40-64' : '65 and over';
}
