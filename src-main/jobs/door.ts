/** Where the user is told something, which decides what can be done about it. */
export type Door = 'terminal' | 'window';
