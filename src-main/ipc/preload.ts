import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import type { InvokeChannels, MedForgeApi, PushChannels } from './contract.js';
import type { Reply } from './handle.js';

/** The names that may pass; everything else is refused before it reaches the main process. */
const invokeNames: { readonly [K in keyof InvokeChannels]: true } = {
  'datasets:list': true,
  'datasets:details': true,
  'datasets:add': true,
  'datasets:remove': true,
  'datasets:demo': true,
  'datasets:download': true,
  'datasets:cancelDownload': true,
  'search:range': true,
  'search:estimate': true,
  'search:start': true,
  'retrain:start': true,
  'runs:list': true,
  'runs:details': true,
  'runs:epochs': true,
  'runs:pause': true,
  'runs:resume': true,
  'runs:cancel': true,
  'runs:delete': true,
  'runs:rename': true,
  'runs:note': true,
  'runs:tag': true,
  'runs:reorder': true,
  'runs:export': true,
  'runs:log': true,
  'models:list': true,
  'models:details': true,
  'models:export': true,
  'models:cancelExport': true,
  'models:predict': true,
  'devices:list': true,
  'app:state': true,
  'app:shown': true,
  'app:remember': true,
  'app:showFolder': true,
};

const pushNames: { readonly [K in keyof PushChannels]: true } = {
  'runs:changed': true,
  'runs:deleted': true,
  'jobs:events': true,
  'datasets:changed': true,
  'models:changed': true,
  'models:exporting': true,
  'app:menu': true,
  'app:problem': true,
};

const api: MedForgeApi = {
  async invoke(channel, ...args) {
    if (!Object.hasOwn(invokeNames, channel)) throw new Error(`no channel is called ${channel}`);
    const reply = (await ipcRenderer.invoke(channel, ...args)) as Reply;
    if (!reply.ok) throw new Error(reply.message);
    return reply.value as never;
  },
  listen(channel, listener) {
    if (!Object.hasOwn(pushNames, channel)) throw new Error(`no channel is called ${channel}`);
    // The event object stays here: it would hand the page a way to Electron.
    const forward = (_event: IpcRendererEvent, payload: unknown): void => listener(payload as never);
    ipcRenderer.on(channel, forward);
    return () => void ipcRenderer.removeListener(channel, forward);
  },
};

contextBridge.exposeInMainWorld('medforge', Object.freeze(api));
