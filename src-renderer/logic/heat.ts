/**
 * From this probability on, numbers in a heat map change between black and white: where both are equally readable (4.58:1) on the ramp
 * from `--surface` to `--heat-end` of app.css. A test holds the three together.
 */
export const turnsFrom = (dark: boolean): number => (dark ? 0.633 : 0.84);
