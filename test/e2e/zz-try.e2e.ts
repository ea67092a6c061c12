import { test, expect, startProgram } from './program.js';
import { FLAGS } from './graphics-card.js';
const LVP = { VK_DRIVER_FILES: '/tmp/lvp/root/usr/share/vulkan/icd.d/lvp_icd.json', VK_ICD_FILENAMES: '/tmp/lvp/root/usr/share/vulkan/icd.d/lvp_icd.json', LD_LIBRARY_PATH: '/tmp/lvp/root/usr/lib/x86_64-linux-gnu' };
const cases: [string, string[], Record<string,string>][] = [
  ['spec', FLAGS, {}],
  ['lvp2', ['--use-webgpu-adapter=default','--use-vulkan=native','--ignore-gpu-blocklist','--use-gl=angle','--use-angle=swiftshader', '--disable-gpu-sandbox'], LVP],
  ['lvp3', ['--use-webgpu-adapter=default','--use-vulkan=native','--ignore-gpu-blocklist','--disable-gpu-sandbox'], LVP],
];
for (const [name, args, env] of cases) test(name, async ({ home }) => {
  const program = await startProgram(home, { args, env });
  const f = await program.electron.evaluate(async ({ app }) => JSON.stringify([app.getGPUFeatureStatus(), app.commandLine.getSwitchValue('enable-features'), app.commandLine.getSwitchValue('use-angle'), app.commandLine.getSwitchValue('disable-features')]));
  console.log(name, f.match(/"(vulkan|webgpu)":"[a-z_]*"/g), f.slice(-500));
  console.log(await program.page.evaluate(async () => { const g = (navigator as any).gpu; if (!g) return 'no gpu'; const a = await g.requestAdapter(); return JSON.stringify([!!a, a?.info?.description, a?.info?.vendor]); }));
  console.log(program.output().split('\n').filter((l) => !/bus/.test(l)).slice(0, 8).join('\n'));
  const found = await program.page.evaluate(() => window.medforge.invoke('devices:list'));
  console.log(JSON.stringify(found[1]));
  await program.close();
  expect(1).toBe(1);
});
