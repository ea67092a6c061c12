/** What every bundle and every report says of what it holds. */
export const INTENDED_USE =
  'Research only; not cleared for clinical use. Not a medical device: do not use for diagnosis or treatment.';
