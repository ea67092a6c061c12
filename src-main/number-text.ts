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

/** 12345678 → 13 MB, 1234567890 → 1.2 GB: of memory and disks. */
export function byteSize(bytes: number): string {
  return bytes < 1e8 ? `${Math.max(0, Math.ceil(bytes / 1e6))} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** 222133 → 222k; below a thousand as it is. */
export function thousands(value: number): string {
  return value < 1000 ? String(Math.round(value)) : `${count(value / 1000)}k`;
}
