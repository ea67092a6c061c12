import { flushSync } from 'svelte';

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

/**
 * Makes something that leaves the window, as on paper: in the light colours, whatever the window shows. It happens between
 * two pictures of the screen, which therefore does not change.
 */
export function onPaper<T>(make: () => T): T {
  const { dark } = theme;
  const set = (paper: boolean): void => {
    document.documentElement.classList.toggle('paper', paper);
    tokens = {};
    theme.dark = paper ? false : dark;
    flushSync();
  };
  set(true);
  try {
    return make();
  } finally {
    set(false);
  }
}

export const theme = new Theme();
/** Value of a colour token of app.css in the scheme of the moment. */
export function token(name: string): string {
  return (tokens[name] ??= getComputedStyle(document.documentElement).getPropertyValue(name).trim());
}
