// Colours and shapes: the choice of a scheme, the colours of the system, paper, and the smallest screens.
import type { Page } from '@playwright/test';
import { add, expect, field, open, row, rows, saved, test, toggle } from '../support/app.ts';

const choice = (page: Page) => page.getByRole('combobox', { name: 'Colours' });
const paper = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

test.describe('with a light system', () => {
  test.use({ colorScheme: 'light' });

  test('dark is chosen for this browser, on every page and before anything is painted', async ({ page, context }) => {
    await open(page);
    const light = await paper(page);
    await choice(page).selectOption('dark');
    const dark = await paper(page);
    expect(dark).not.toBe(light);
    for (const path of ['/', '/trash', '/history']) {
      await page.goto(path);
      expect(await paper(page)).toBe(dark);
      await expect(choice(page)).toHaveValue('dark');
    }
    const other = await context.newPage();
    await other.addInitScript(() => {
      new MutationObserver(() => {
        if (document.body) document.documentElement.dataset.first ??= document.documentElement.dataset.scheme ?? 'none';
      }).observe(document, { childList: true, subtree: true });
    });
    await open(other);
    await expect(other.locator('html')).toHaveAttribute('data-first', 'dark');
    // Another tab follows.
    await choice(other).selectOption('');
    await expect.poll(() => paper(page)).toBe(light);
  });
});

test('in the colours of the system the dot, the ticks and the chosen filter can be seen', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await open(page);
  await add(page, 'one', 'two');
  await toggle(page, 'one').check();
  await expect(row(page, 'one').locator('label')).toHaveCSS('text-decoration-line', 'line-through');
  await expect(row(page, 'two').locator('label')).toHaveCSS('text-decoration-line', 'none');
  const ground = await paper(page);
  const part = (selector: string, pseudo: string) => page.locator(selector).first().evaluate((it, pseudo) => getComputedStyle(it, pseudo).backgroundColor, pseudo);
  expect(await part('.connection button', '::before')).not.toBe(ground);
  expect(await part('.toggle', '::after')).not.toBe(ground);
  expect(await part('.destroy', '::before')).not.toBe(ground);
  await expect(page.locator('.filters .selected')).toHaveCSS('outline-style', 'solid');
});

test('on paper there is the list alone', async ({ page }) => {
  await open(page);
  await add(page, 'one');
  await page.emulateMedia({ media: 'print' });
  await expect(row(page, 'one')).toBeVisible();
  for (const away of ['.top', '.side-bar', '.panel', '.footer', '.new-todo', '.destroy']) await expect(page.locator(away).first()).toBeHidden();
});

test('the box of a title from the right is on the right', async ({ page }) => {
  await open(page);
  await add(page, 'milk', 'حليب');
  const middle = async (title: string) => {
    const [box, line] = [(await toggle(page, title).boundingBox())!, (await row(page, title).boundingBox())!];
    return (box.x - line.x) / line.width;
  };
  expect(await middle('milk')).toBeLessThan(0.2);
  expect(await middle('حليب')).toBeGreaterThan(0.8);
});

test('an empty filter says so', async ({ page }) => {
  await open(page, '/completed');
  await expect(page.locator('.empty')).toContainText('Nothing to do yet.');
  await add(page, 'one');
  await expect(page.locator('.empty')).toContainText('Nothing is completed yet.');
  await page.locator('.filters').getByRole('link', { name: 'Active' }).click();
  await expect(page.locator('.empty')).toBeHidden();
  await toggle(page, 'one').click();
  await expect(page.locator('.empty')).toContainText('All done.');
});

test('a row that someone else has changed is marked, and one’s own is not', async ({ page, another }) => {
  await open(page);
  const bob = await another();
  await add(page, 'one');
  await expect(rows(bob)).toHaveClass(/arrived/);
  await toggle(bob, 'one').check();
  await expect(rows(page)).toHaveClass(/landed/);
  await expect(rows(bob)).not.toHaveClass(/landed/);
});

test.describe('at 320 pixels', () => {
  test.use({ viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true });

  test('the title has most of its row, and the field stands at the foot', async ({ page }) => {
    await open(page);
    await add(page, 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft');
    await saved(page);
    const [title, line] = [(await page.locator('.todo-list label').boundingBox())!, (await rows(page).boundingBox())!];
    expect(title.width / line.width).toBeGreaterThan(0.55);
    const at = (await field(page).boundingBox())!;
    expect(at.y + at.height).toBeGreaterThan(568 - 20);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await page.getByRole('link', { name: 'Lists', exact: true }).tap();
    await expect(choice(page)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(choice(page)).toBeHidden();
    await expect(page.getByRole('link', { name: 'Lists', exact: true })).toBeFocused();
  });
});
