import { BrowserWindow, dialog } from 'electron';
import type { Dialogs } from '../ipc/handler-context.js';
import { quitQuestion, type OngoingWork } from './ongoing-work.js';
import { userWindows } from './windows.js';

/** The system's own dialogs, over the window that is in use. */
export function systemDialogs(): Dialogs {
  return {
    async chooseDatasets(what) {
      const { filePaths } = await dialog.showOpenDialog(parent(), {
        title: what === 'files' ? 'Add Datasets' : 'Add Datasets from a Folder',
        buttonLabel: 'Add',
        properties: what === 'files' ? ['openFile', 'multiSelections'] : ['openDirectory'],
        filters: [
          { name: 'MedMNIST files', extensions: ['npz'] },
          { name: 'All files', extensions: ['*'] },
        ],
      });
      return filePaths;
    },
    async findDataset(what, name) {
      const { filePaths } = await dialog.showOpenDialog(parent(), {
        title: what === 'file' ? `Find the File of ${name}` : `Find ${name} in a Folder`,
        buttonLabel: what === 'file' ? 'Use' : 'Search',
        properties: [what === 'file' ? 'openFile' : 'openDirectory'],
      });
      return filePaths[0] ?? null;
    },
    async chooseImage() {
      const { filePaths } = await dialog.showOpenDialog(parent(), {
        title: 'Classify an Image',
        buttonLabel: 'Classify',
        properties: ['openFile'],
        filters: [
          { name: 'Images', extensions: ['png', 'jpg', 'jpeg', 'tif', 'tiff', 'bmp', 'webp', 'dcm', 'npy'] },
          { name: 'All files', extensions: ['*'] },
        ],
      });
      return filePaths[0] ?? null;
    },
    async chooseImport(what) {
      const { filePaths } = await dialog.showOpenDialog(parent(), {
        title: what === 'folder' ? 'Import the Images of a Folder' : 'Table of the Images',
        buttonLabel: what === 'folder' ? 'Look at It' : 'Use',
        properties: [what === 'folder' ? 'openDirectory' : 'openFile'],
        filters: [
          { name: 'Tables', extensions: ['csv', 'tsv', 'txt'] },
          { name: 'All files', extensions: ['*'] },
        ],
      });
      return filePaths[0] ?? null;
    },
    async chooseStudy() {
      const { filePaths } = await dialog.showOpenDialog(parent(), {
        title: 'Open a Study',
        buttonLabel: 'Open',
        properties: ['openFile'],
        filters: [
          { name: 'Studies', extensions: ['json'] },
          { name: 'All files', extensions: ['*'] },
        ],
      });
      return filePaths[0] ?? null;
    },
    async chooseFolder(title, buttonLabel) {
      const { filePaths } = await dialog.showOpenDialog(parent(), {
        title,
        buttonLabel,
        properties: ['openDirectory', 'createDirectory'],
      });
      return filePaths[0] ?? null;
    },
    async chooseSaveFile(title, suggestion, extension) {
      const { filePath } = await dialog.showSaveDialog(parent(), {
        title,
        defaultPath: suggestion,
        filters: [{ name: extension.toUpperCase(), extensions: [extension] }],
        properties: ['showOverwriteConfirmation', 'createDirectory'],
      });
      return filePath || null;
    },
    async chooseLabels(file) {
      const { response } = await dialog.showMessageBox(parent(), {
        type: 'question',
        title: 'What the Labels Mean',
        message: `Does each image of ${file} have exactly one class?`,
        detail:
          'Its labels have several columns with exactly one 1 in every row. This can be one-hot encoding of several classes, ' +
          'or separate labels of which each image happens to have one.',
        buttons: ['One Class', 'Separate Labels', 'Cancel'],
        defaultId: 0,
        cancelId: 2,
      });
      return response === 0 ? 'classes' : response === 1 ? 'multi-label' : null;
    },
    async confirmDownload(name, bytes, host, licence) {
      const size = bytes === null ? '' : ` (${Math.ceil(bytes / 1024 / 1024)} MB)`;
      const { response } = await dialog.showMessageBox(parent(), {
        type: 'question',
        title: 'Download a Dataset',
        message: `Download ${name}${size} from ${host}?`,
        detail: `MedForge connects to the network only for this download. Licence of the data: ${licence}.`,
        buttons: ['Download', 'Cancel'],
        defaultId: 0,
        cancelId: 1,
      });
      return response === 0;
    },
  };
}

/** Asks before the program ends while something is going. @returns true to end */
export async function confirmQuit(work: OngoingWork): Promise<boolean> {
  const { message, detail, quit, stay } = quitQuestion(work);
  const { response } = await dialog.showMessageBox(parent(), {
    type: 'question',
    title: 'Quit MedForge',
    message,
    detail,
    buttons: [quit, stay],
    defaultId: 0,
    cancelId: 1,
  });
  return response === 0;
}

/** What keeps the program from starting. */
export async function showStartError(message: string): Promise<void> {
  await dialog.showMessageBox({ type: 'error', title: 'MedForge', message: 'MedForge cannot start', detail: message });
}

function parent(): BrowserWindow {
  const window = BrowserWindow.getFocusedWindow() ?? userWindows()[0];
  if (!window) throw new Error('there is no window to ask in');
  return window;
}
