import type { InvokeChannels, PushChannels } from './contract.js';

/**
 * The names of all channels, and nothing that would have to be loaded: the preload script and the start of the program use
 * this file. Everything else is refused before it reaches the main process.
 */
export const invokeChannels: { readonly [K in keyof InvokeChannels]: true } = {
  'datasets:list': true,
  'datasets:details': true,
  'datasets:add': true,
  'datasets:remove': true,
  'datasets:demo': true,
  'datasets:download': true,
  'datasets:cancelDownload': true,
  'search:range': true,
  'search:estimate': true,
  'search:methods': true,
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
  'runs:cancelExport': true,
  'runs:log': true,
  'runs:missingDataset': true,
  'runs:findDataset': true,
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

export const pushChannels: { readonly [K in keyof PushChannels]: true } = {
  'runs:changed': true,
  'runs:deleted': true,
  'runs:exporting': true,
  'jobs:events': true,
  'datasets:changed': true,
  'models:changed': true,
  'models:exporting': true,
  'app:menu': true,
  'app:problem': true,
};
