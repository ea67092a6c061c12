export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const SMALLEST = { width: 1024, height: 680 } as const;
export const FIRST = { width: 1360, height: 860 } as const;

const LARGEST = 20_000;

export interface RememberedBounds extends Rectangle {
  readonly maximized: boolean;
}

/**
 * Where the window opens: where it was, as far as a screen of today shows enough of it to be dragged; else in the middle
 * of the first screen (no x and y), never larger than it.
 * @param saved what the history holds, of any form
 * @param screens work areas of the screens, the first one first
 */
export function windowBounds(
  saved: unknown,
  screens: readonly Rectangle[],
): Partial<Rectangle> & { readonly width: number; readonly height: number; readonly maximized: boolean } {
  const data = isRemembered(saved) ? saved : null;
  const screen = screens[0] ?? { x: 0, y: 0, width: 1280, height: 800 };
  const fit = (size: { width: number; height: number }, area: Rectangle): { width: number; height: number } => ({
    width: Math.max(SMALLEST.width, Math.min(size.width, area.width)),
    height: Math.max(SMALLEST.height, Math.min(size.height, area.height)),
  });
  if (!data) return { ...fit(FIRST, screen), maximized: false };
  const home = screens.find((area) => shows(area, data));
  if (!home) return { ...fit(data, screen), maximized: data.maximized };
  return { x: data.x, y: data.y, ...fit(data, home), maximized: data.maximized };
}

/** By hand and not by a schema, because the window is made before zod is loaded. */
function isRemembered(saved: unknown): saved is RememberedBounds {
  if (typeof saved !== 'object' || saved === null) return false;
  const { x, y, width, height, maximized } = saved as Record<string, unknown>;
  const isBetween = (value: unknown, smallest: number, largest: number): boolean =>
    Number.isSafeInteger(value) && (value as number) >= smallest && (value as number) <= largest;
  return (
    Number.isSafeInteger(x) &&
    Number.isSafeInteger(y) &&
    isBetween(width, SMALLEST.width, LARGEST) &&
    isBetween(height, SMALLEST.height, LARGEST) &&
    typeof maximized === 'boolean'
  );
}

/** A strip of 200 × 40 pixels of the window's upper edge must be inside the screen. */
function shows(area: Rectangle, window: Rectangle): boolean {
  const width = Math.min(area.x + area.width, window.x + window.width) - Math.max(area.x, window.x);
  return width >= 200 && window.y >= area.y && window.y + 40 <= area.y + area.height;
}
