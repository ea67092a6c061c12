/** Pages that compute on the graphics card now. Apart from what opens them, because the start of the program asks. */
const computing = new Set<object>();

/** The end of a GPU process ends the run on it, and its page, and may be told only then. */
const LINGER_MILLISECONDS = 5000;

/** Whether a page computes, or did a moment ago. */
export function isComputing(): boolean {
  return computing.size > 0;
}

export function computes(page: object): void {
  computing.add(page);
}

export function computesNoMore(page: object): void {
  setTimeout(() => computing.delete(page), LINGER_MILLISECONDS).unref();
}
