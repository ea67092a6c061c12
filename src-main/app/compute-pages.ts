/** Pages that compute on the graphics card now. Apart from what opens them, because the start of the program asks. */
const computing = new Set<object>();

export function isComputing(): boolean {
  return computing.size > 0;
}

export function computes(page: object): void {
  computing.add(page);
}

export function computesNoMore(page: object): void {
  computing.delete(page);
}
