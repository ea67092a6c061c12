/**
 * After a navigation the focus goes into the place that is shown: to what the place marks with `data-focus-first`, else to its
 * heading, from where Tab goes on to its first control and a screen reader begins to read. What a place has focused itself stays.
 */
export function focusPlace(): void {
  const place = document.querySelector('main');
  if (!place || place.contains(document.activeElement) || document.querySelector('dialog[open]')) return;
  const target = place.querySelector<HTMLElement>('[data-focus-first]') ?? place.querySelector<HTMLElement>('h1');
  if (!target) return;
  if (target.tabIndex < 0 && !target.hasAttribute('tabindex')) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}
