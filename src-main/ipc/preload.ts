import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import { invokeChannels, pushChannels } from './channels.js';
import type { MedForgeApi } from './contract.js';
import type { Reply } from './handle.js';

const api: MedForgeApi = {
  async invoke(channel, ...args) {
    if (!Object.hasOwn(invokeChannels, channel)) throw new Error(`no channel is called ${channel}`);
    const reply = (await ipcRenderer.invoke(channel, ...args)) as Reply;
    if (!reply.ok) throw new Error(reply.message);
    return reply.value as never;
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
