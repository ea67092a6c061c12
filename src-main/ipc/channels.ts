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
  'datasets:finding': true,
  'datasets:demo': true,
  'datasets:download': true,
  'datasets:cancelDownload': true,
  'search:range': true,
  'search:budget': true,
  'search:estimate': true,
  'search:methods': true,
  'search:start': true,
  'retrain:estimate': true,
  'retrain:start': true,
  'runs:list': true,
  'runs:details': true,
  'runs:epochs': true,
  'runs:pause': true,
  'runs:resume': true,
  'runs:cancel': true,
  'runs:delete': true,
  'runs:repeat': true,
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
  'models:diagnostics': true,
  'models:operatingPoint': true,
  'models:evaluate': true,
  'models:export': true,
  'models:cancelExport': true,
  'models:predict': true,
  'figures:save': true,
  'figures:copy': true,
  'files:receive': true,
  'devices:list': true,
  'app:state': true,
  'app:shown': true,
  'app:remember': true,
  'app:prefer': true,
  'app:dataFolder': true,
  'app:showFolder': true,
};

/** Calls that the preload script makes for the page: their paths come from the system, and the page itself cannot name any. */
export const preloadOnly: ReadonlySet<keyof InvokeChannels> = new Set<keyof InvokeChannels>(['files:receive']);

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
