/** 1234567 → 1,234,567, whatever the locale. */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 0.8739 → 87.4 %. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** 222133 → 222k; below a thousand as it is. */
export function thousands(value: number): string {
  return value < 1000 ? String(Math.round(value)) : `${count(value / 1000)}k`;
}
