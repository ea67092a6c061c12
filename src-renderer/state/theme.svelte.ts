let tokens: Record<string, string> = {};

/** Colour scheme of the system. Charts draw on a canvas, so they have to be told. */
class Theme {
  dark = $state(false);

  follow(): () => void {
    const query = window.matchMedia('(prefers-color-scheme: dark)');
    const read = (): void => {
      tokens = {};
      this.dark = query.matches;
    };
    read();
    query.addEventListener('change', read);
    return () => query.removeEventListener('change', read);
  }
}

export const theme = new Theme();
/** Value of a colour token of app.css in the scheme of the moment. */
export function token(name: string): string {
  return (tokens[name] ??= getComputedStyle(document.documentElement).getPropertyValue(name).trim());
}
