import { test, expect, startProgram } from './program.js';
import { FLAGS, ENV } from './graphics-card.js';
test('devices', async ({ home }) => {
  const program = await startProgram(home, { args: FLAGS, env: ENV });
  const found = await program.page.evaluate(() => window.medforge.invoke('devices:list'));
  console.log(JSON.stringify(found, null, 1));
  console.log(program.output().slice(-3000));
  await program.close();
  expect(1).toBe(1);
});
