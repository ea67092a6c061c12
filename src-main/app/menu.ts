import { Menu, app, shell, type MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../ipc/contract.js';
import { EXTERNAL_PAGES, isExternalPage } from './security.js';

/** The menu bar: every place and the few commands that have a key. */
export function setMenu(actions: MenuActions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, process.platform === 'darwin')));
}

/** What the menu can do that is not a role of the system. */
export interface MenuActions {
  /** Passed on to the page. */
  readonly command: (name: MenuCommand) => void;
  readonly addFolder: () => void;
  readonly showHome: () => void;
}

export function menuTemplate(
  { command, addFolder, showHome }: MenuActions,
  mac: boolean,
): MenuItemConstructorOptions[] {
  const item = (label: string, name: MenuCommand, accelerator: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => command(name),
  });
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        item('&New Search', 'search:new', 'CmdOrCtrl+N'),
        item('&Add Dataset…', 'dataset:add', 'CmdOrCtrl+O'),
        item('&Import Images…', 'dataset:import', 'CmdOrCtrl+I'),
        { label: 'Add &Folder of Datasets…', click: addFolder },
        { type: 'separator' },
        { label: 'Show &Data Folder', click: showHome },
        item('S&ettings…', 'settings', 'CmdOrCtrl+,'),
        { type: 'separator' },
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        { type: 'separator' },
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
        { type: 'separator' },
        item('&Find', 'find', 'CmdOrCtrl+F'),
      ],
    },
    {
      label: '&Go',
      submenu: [
        item('&Anything…', 'palette', 'CmdOrCtrl+K'),
        { type: 'separator' },
        item('&Datasets', 'go:datasets', 'CmdOrCtrl+1'),
        item('&Search', 'go:search', 'CmdOrCtrl+2'),
        item('&History', 'go:history', 'CmdOrCtrl+3'),
        item('&Models', 'go:models', 'CmdOrCtrl+4'),
        item('S&tudies', 'go:studies', 'CmdOrCtrl+5'),
      ],
    },
    {
      label: '&View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        { label: '&Guide: from your first dataset to a bundle', click: () => command('guide') },
        item('&Keyboard Shortcuts', 'shortcuts', 'CmdOrCtrl+/'),
        { type: 'separator' },
        { label: 'About the &Datasets (medmnist.com)', click: () => openExternal(EXTERNAL_PAGES.medmnist) },
        { label: 'About the &Method (arXiv 2503.06092)', click: () => openExternal(EXTERNAL_PAGES.paper) },
        ...(mac
          ? []
          : [{ type: 'separator' } as const, { label: '&About MedForge', click: () => app.showAboutPanel() }]),
      ],
    },
  ];
}

/** Opens a page in the user's browser, if it is one of ours. */
export function openExternal(address: string): void {
  if (isExternalPage(address)) void shell.openExternal(address);
}
