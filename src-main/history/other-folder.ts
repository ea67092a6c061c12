/** How another data folder is chosen: on the command line, in a window that is open, and where no window can open. */
export const OTHER_FOLDER = 'choose another folder with --home';
export const OTHER_FOLDER_IN_WINDOW = 'use another data folder (Settings says how)';
export const OTHER_FOLDER_AT_START = 'set the variable MEDFORGE_HOME to another folder';
