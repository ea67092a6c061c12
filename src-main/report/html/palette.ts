/** The light colours of the window: a report is read on white paper. */
export const INK = '#14201f';
export const INK_2 = '#4c5a59';
export const LINE = '#d8dfde';
export const LINE_STRONG = '#788786';
export const WELL = '#edf1f1';
export const ACCENT = '#0b686f';
export const BAD = '#b3261e';
export const BAD_SOFT = '#fbe9e7';

/** Colours of series, told apart by people who see colours otherwise too. */
export const SERIES = ['#0b686f', '#b06c00', '#2a6fbe', '#a8336b', '#3b8347', '#6b5bb5'] as const;

export const colourOf = (colour: number | null): string =>
  colour === null ? LINE_STRONG : SERIES[colour % SERIES.length]!;
