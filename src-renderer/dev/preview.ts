import { createFixture, type Scene } from './fixture.js';

/**
 * Development only: the window with a simulated main process, to look at screens without a search. Not part of the build
 * (only index.html is). `?scene=empty|demo|full|many&view=datasets|search|history|models|studies&run=N&speed=milliseconds`.
 */
const query = new URLSearchParams(location.search);
const fixture = createFixture({
  scene: (query.get('scene') ?? 'full') as Scene,
  view: (query.get('view') ?? 'search') as 'search',
  run: query.has('run') ? Number(query.get('run')) : null,
  epochs: Number(query.get('epochs') ?? 50),
  epochMilliseconds: Number(query.get('speed') ?? 1000),
});
Object.defineProperty(window, 'medforge', { value: Object.freeze(fixture) });
await import('../main.js');
