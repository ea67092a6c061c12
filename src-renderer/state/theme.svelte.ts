/** Colour scheme of the system. Charts draw on a canvas, so they have to be told. */
class Theme {
  dark = $state(false);

  follow(): () => void {
    const query = window.matchMedia('(prefers-color-scheme: dark)');
    const read = (): void => void (this.dark = query.matches);
    read();
    query.addEventListener('change', read);
    return () => query.removeEventListener('change', read);
  }
}

export const theme = new Theme();
export const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
