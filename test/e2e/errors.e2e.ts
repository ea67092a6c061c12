import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostics } from '../../src-main/ipc/contract.js';
import { addMultiLabelDataset, startSearch } from './datasets.js';
import { chooseFiles, expect, runOf, test } from './program.js';

const FINDING = 'spiculated nodule';

/** A retrained network of the demo dataset, which is trained too briefly to be right everywhere. @returns its number */
async function demoModel(page: Page): Promise<number> {
  const dataset = await page.evaluate(async (finding) => {
    const entry = await window.medforge.invoke('datasets:demo');
    await window.medforge.invoke('datasets:finding', entry.id, entry.labels.indexOf(finding));
    return entry.id;
  }, FINDING);
  return retrained(page, dataset, { search: { epochs: 2, batch: 128 }, epochs: 8, batch: 32 });
}

/** Searches and retrains on a dataset. @returns the number of the network */
async function retrained(
  page: Page,
  dataset: string,
  { search, ...training }: { search: { epochs: number; batch: number }; epochs: number; batch: number },
): Promise<number> {
  const ends = async (run: number): Promise<void> => {
    await expect.poll(async () => (await runOf(page, run)).state, { timeout: 180_000 }).not.toMatch(/running|queued/);
    expect(await runOf(page, run)).toMatchObject({ state: 'finished', error: null });
  };
  const run = await startSearch(page, dataset, { name: 'Source', channels: 4, ...search });
  await ends(run);
  const request = { run, ...training, seeds: [1], movingAverage: null, classWeighting: false };
  const retraining = await page.evaluate(
    (asked) => window.medforge.invoke('retrain:start', { ...asked, selection: 'last' }),
    request,
  );
  await ends(retraining);
  const [model] = await page.evaluate(() => window.medforge.invoke('models:list'));
  return model?.model ?? 0;
}

const goToModels = async (page: Page): Promise<void> => {
  await page.getByRole('navigation').getByRole('button', { name: 'Models', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Operating point' })).toBeVisible();
};

const diagnosticsOf = (page: Page, model: number): Promise<Diagnostics> =>
  page.evaluate((number) => window.medforge.invoke('models:diagnostics', number), model);

test('behind every figure of a model are its images; an operating point is moved, kept and there again', async ({
  program,
}) => {
  test.setTimeout(420_000);
  const { page, electron, home } = program;
  const model = await demoModel(page);
  await goToModels(page);
  const notices = page.getByRole('button', { name: /^Dismiss/ });
  while ((await notices.count()) > 0) await notices.first().click();
  const before = await diagnosticsOf(page, model);
  const usual = before.test.finding!.usual;

  await test.step('a cell of the confusion matrix', async () => {
    const confusion = usual.confusion!;
    const labels = before.labels;
    // the most frequent error
    const cells = confusion.flatMap((row, truth) =>
      row.flatMap((count, prediction) => (truth === prediction ? [] : [{ count, truth, prediction }])),
    );
    const { count, truth, prediction } = cells.sort((a, b) => b.count - a.count)[0]!;
    expect(count).toBeGreaterThan(0);
    const cell = page.getByRole('region', { name: 'Confusion matrix' }).getByRole('button', {
      name: `Show ${count} image${count === 1 ? '' : 's'}: truth “${labels[truth]!}”, prediction “${labels[prediction]!}”`,
    });
    await cell.focus();
    await page.keyboard.press('Enter');
    const gallery = page.getByRole('dialog', { name: 'Images behind the figure' });
    await expect(gallery.getByRole('status').first()).toContainText(
      `${count} of 150 “${labels[truth]!}” test images classified as “${labels[prediction]!}”`,
    );
    const images = gallery.getByRole('option');
    await expect(images).toHaveCount(Math.min(60, count));
    await expect(images.first()).toBeFocused();
    await expect(images.first()).toHaveAccessibleName(
      new RegExp(`^Image \\d+: ${labels[truth]!}, classified as ${labels[prediction]!}, \\d+\\.\\d\\s%`),
    );
    if (count > 1) {
      const first = await gallery.getByRole('heading', { level: 3 }).textContent();
      await page.keyboard.press('ArrowRight');
      await expect(images.nth(1)).toBeFocused();
      await expect(gallery.getByRole('heading', { level: 3 })).not.toHaveText(first ?? '');
    }
    // its class activation map, of the class that is said and of the true one
    await expect(gallery.getByRole('img', { name: `Evidence for ${labels[prediction]!}` })).toBeVisible();
    await gallery.getByRole('button', { name: labels[truth]!, exact: true }).click();
    await expect(gallery.getByRole('img', { name: `Evidence for ${labels[truth]!}` })).toBeVisible();
    await program.picture('40-images-behind-a-cell');
    // legacy mode: Electron has no second page to gather the results of frames in
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect(violations).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(gallery).toBeHidden();
    await expect(cell).toBeFocused();
  });

  await test.step('a bin of the reliability diagram, as trained and calibrated', async () => {
    for (const [when, name] of [
      ['before', 'as trained'],
      ['after', 'calibrated'],
    ] as const) {
      const { bins } = before.test.calibration[when];
      const counts = page.getByRole('group', { name: `Images in each tenth, ${name}` });
      const full = bins.filter(({ images }) => images > 0);
      await expect(counts.getByRole('button')).toHaveCount(full.length);
      await counts.getByRole('button').last().click();
      const gallery = page.getByRole('dialog', { name: 'Images behind the figure' });
      const { images, from, to } = full.at(-1)!;
      await expect(gallery.getByRole('status').first()).toContainText(
        `${images} of 600 test images with a probability of “${FINDING}” of ${Math.round(100 * from)} to ${Math.round(100 * to)} %`,
      );
      await gallery.getByRole('button', { name: 'Close' }).click();
      await expect(counts.getByRole('button').last()).toBeFocused();
    }
    await expect(page.getByRole('img', { name: /^Reliability, test set\. Expected calibration error/ })).toBeVisible();
  });

  const panel = page.getByRole('region', { name: 'Operating point' });
  const slider = panel.getByRole('slider');
  const outcomes = panel.getByRole('group', { name: 'Images at this point' });
  await test.step('without an operating point the most probable class is said', async () => {
    await expect(panel).toContainText(/if it is the most probable class/);
    await expect(outcomes.getByRole('button', { name: 'found' })).toHaveText(`${usual.truePositives} found`);
    await expect(outcomes.getByRole('button', { name: 'false alarms' })).toHaveText(
      `${usual.falsePositives} false alarms`,
    );
  });

  let threshold = '';
  await test.step('the operating point is moved by keys, and the confusion matrix follows', async () => {
    await slider.focus();
    await page.keyboard.press('End');
    const { positives, negatives } = before.test.finding!;
    const cell = (truth: string, prediction: string) =>
      panel.getByRole('button', { name: new RegExp(`truth “${truth}”, prediction “${prediction}”`) });
    await expect(cell(FINDING, FINDING)).toHaveAccessibleName(new RegExp(`^Show ${positives} images`));
    await expect(cell('the rest', FINDING)).toHaveAccessibleName(new RegExp(`^Show ${negatives} images`));
    await page.keyboard.press('Home');
    await expect(cell(FINDING, 'the rest')).toHaveAccessibleName(new RegExp(`^Show ${positives} images`));
    for (let press = 0; press < 6; press++) await page.keyboard.press('ArrowRight');
    const corner = before.validation.finding!.roc[6]!;
    threshold = Math.min(1, corner.threshold).toFixed(3);
    await expect(slider).toHaveAttribute('aria-valuetext', `probability ${threshold}`);
    const at = before.test.finding!.atValidationCorners[6]!;
    await expect(outcomes.getByRole('button', { name: 'missed' })).toHaveText(`${positives - at.truePositives} missed`);
    await outcomes.getByRole('button', { name: 'missed' }).click();
    const gallery = page.getByRole('dialog', { name: 'Images behind the figure' });
    await expect(gallery.getByRole('status').first()).toContainText(
      `${positives - at.truePositives} of ${positives} “${FINDING}” test images missed, where “${FINDING}” is predicted from a probability of`,
    );
    await page.keyboard.press('Escape');
    await expect(outcomes.getByRole('button', { name: 'missed' })).toBeFocused();
  });

  await test.step('it is kept, and there again after the page was loaded anew', async () => {
    await panel.getByRole('button', { name: 'Save this point' }).click();
    await expect(panel).toContainText('Saved with the model: chosen by hand.');
    await page.reload();
    await goToModels(page);
    await expect(panel).toContainText('Saved with the model: chosen by hand.');
    await expect(slider).toHaveAttribute('aria-valuetext', `probability ${threshold}`);
    expect((await diagnosticsOf(page, model)).operatingPoint).toMatchObject({
      label: FINDING,
      rule: { rule: 'threshold' },
    });
    await program.picture('41-operating-point');
  });

  await test.step('a dataset that was moved is said, and found again', async () => {
    const moved = join(home, 'moved.npz');
    renameSync(join(home, 'datasets', 'demo.npz'), moved);
    await outcomes.getByRole('button', { name: 'false alarms' }).click();
    const gallery = page.getByRole('dialog', { name: 'Images behind the figure' });
    await expect(gallery).toContainText(`Model ${model} shows images of its dataset file`);
    await expect(gallery).toContainText('which is missing');
    await chooseFiles(electron, [moved]);
    await gallery.getByRole('button', { name: 'Find the file…' }).click();
    await expect(gallery.getByRole('status').first()).toContainText('wrongly classified as');
    await page.keyboard.press('Escape');
    await expect(gallery).toBeHidden();
  });
});

test('behind the outcomes of each label of a multi-label model are their images', async ({ program }) => {
  const { page } = program;
  const dataset = await addMultiLabelDataset(program);
  await retrained(page, dataset, { search: { epochs: 2, batch: 32 }, epochs: 2, batch: 32 });
  await page.getByRole('navigation').getByRole('button', { name: 'Models', exact: true }).click();
  const outcomes = page.getByRole('region', { name: 'Outcomes of each label' });
  const buttons = outcomes.getByRole('button', { name: /^Show / });
  await expect(buttons.first()).toBeVisible();
  const counted = await buttons.allTextContents();
  // Each of the 40 test images has an outcome for either label.
  expect(counted.map(Number).reduce((sum, count) => sum + count, 0)).toBe(2 * 40);
  const last = buttons.last();
  await last.click();
  const gallery = page.getByRole('dialog', { name: 'Images behind the figure' });
  await expect(gallery.getByRole('option')).toHaveCount(Math.min(60, Number(counted.at(-1))));
  await program.picture('46-outcomes-of-labels');
  await page.keyboard.press('Escape');
  await expect(last).toBeFocused();
});
