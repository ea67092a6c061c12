import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import { invokeChannels, preloadOnly, pushChannels } from './channels.js';
import type { MedForgeApi } from './contract.js';
import type { Reply } from './handle.js';

async function call(channel: string, args: readonly unknown[]): Promise<never> {
  const reply = (await ipcRenderer.invoke(channel, ...args)) as Reply;
  if (!reply.ok) throw new Error(reply.message);
  return reply.value as never;
}

const api: MedForgeApi = {
  async invoke(channel, ...args) {
    if (!Object.hasOwn(invokeChannels, channel) || preloadOnly.has(channel)) {
      throw new Error(`no channel is called ${channel}`);
    }
    return call(channel, args);
  },
  async receive(files, model) {
    // A file that a script made has no path.
    const paths = files.map((file) => webUtils.getPathForFile(file)).filter((path) => path !== '');
    return call('files:receive', [paths, model]);
  },
  listen(channel, listener) {
    if (!Object.hasOwn(pushChannels, channel)) throw new Error(`no channel is called ${channel}`);
    // The event object stays here: it would hand the page a way to Electron.
    const forward = (_event: IpcRendererEvent, payload: unknown): void => listener(payload as never);
    ipcRenderer.on(channel, forward);
    return () => void ipcRenderer.removeListener(channel, forward);
  },
};

contextBridge.exposeInMainWorld('medforge', Object.freeze(api));
