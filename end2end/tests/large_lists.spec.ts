// Lists of thousands: only the rows near the window are on the page, and nobody should notice.
import type { Page } from '@playwright/test';
import { badge, editor, expect, filter, labels, open, row, rows, saved, stillAt, test, toggle } from '../support/app.ts';

const TODOS = 3_000;

/** More rows than this are never on the page at once, at the size of its window. */
const ROWS_MAX = 300;

const titleOf = (n: number): string => `number ${n}`;

/** Goes to a place of the list, from 0 at its top to 1 at its end. */
const scrollTo = (page: Page, part: number): Promise<void> =>
  page.evaluate((part) => window.scrollTo(0, part * (document.documentElement.scrollHeight - innerHeight)), part);

test.beforeEach(async ({ app, page }) => {
  await app.createMany(TODOS, 'home', titleOf);
  await open(page);
  await expect(badge(page)).toHaveText('Live');
});

test('the rows near the window are on the page, wherever that is', async ({ page }) => {
  expect(await rows(page).count()).toBeLessThan(ROWS_MAX);
  await expect(page.locator('.todo-count')).toHaveText(`${TODOS} items left`);
  for (const [part, n] of [[1, TODOS - 1], [0, 0], [0.5, TODOS / 2], [1, TODOS - 1]] as const) {
    await scrollTo(page, part);
    await expect(row(page, titleOf(n))).toBeInViewport();
    expect(await rows(page).count()).toBeLessThan(ROWS_MAX);
  }
  await toggle(page, titleOf(TODOS - 1)).check();
  await saved(page);
  await expect(page.locator('.todo-count')).toHaveText(`${TODOS - 1} items left`);
});

test('scrolling up and down moves each row as far as the page, with titles of any length', async ({ page, app }) => {
  test.slow();
  const { todos } = await app.board();
  for (let n = 1_000; n < 1_100; n += 3) {
    await app.post('todos/rename', { list: 'home', id: todos[n]!.id, title: `number ${n} ${'long '.repeat(60)}` });
  }
  await scrollTo(page, 0.35);
  await page.mouse.move(400, 400);
  for (const step of [600, -600]) {
    for (let turn = 0; turn < 8; turn += 1) {
      // One that is in the window before and after.
      const seen = await labels(page).evaluateAll((all, step) => all
        .find((it) => it.getBoundingClientRect().y > (step > 0 ? innerHeight - 100 : 20))!.id, step);
      const label = page.locator(`[id="${seen}"]`);
      const before = await stillAt(label);
      await page.mouse.wheel(0, step);
      await expect.poll(async () => Math.abs((await label.boundingBox())!.y - before + step)).toBeLessThan(2);
      expect(Math.abs(await stillAt(label) - before + step)).toBeLessThan(2);
    }
  }
});

test('what others do far above does not move what a person reads', async ({ page, app }) => {
  const { todos } = await app.board();
  await scrollTo(page, 0.5);
  const read = row(page, titleOf(TODOS / 2 + 5));
  await expect(read).toBeInViewport();
  const before = await stillAt(read);
  for (const n of [3, 700, 1_400]) await app.post('todos/delete', { list: 'home', id: todos[n]!.id });
  await app.post('todos/move', { list: 'home', id: todos[2_900]!.id });
  await expect(page.locator('.todo-count')).toHaveText('2997 items left');
  expect(Math.abs(await stillAt(read) - before)).toBeLessThan(2);
});

test('a filter shows what it is for at once, and the whole list again', async ({ page, app }) => {
  const { todos } = await app.board();
  for (const n of [0, 1_500, 2_999]) await app.post('todos/complete', { list: 'home', id: todos[n]!.id });
  await filter(page, 'Completed').click();
  await expect(labels(page)).toHaveText([0, 1_500, 2_999].map(titleOf));
  await filter(page, 'All').click();
  await expect(row(page, titleOf(0))).toBeInViewport();
  await scrollTo(page, 1);
  await expect(row(page, titleOf(2_999))).toBeInViewport();
});

test('a title that is being edited stays open while a person looks elsewhere', async ({ page }) => {
  await row(page, titleOf(2)).locator('label').dblclick();
  await editor(page).fill('half typed');
  await scrollTo(page, 1);
  await expect(row(page, titleOf(2_999))).toBeInViewport();
  await expect(editor(page)).toBeFocused();
  await page.keyboard.type(' and more');
  await page.keyboard.press('Enter');
  await expect(row(page, 'half typed and more')).toBeInViewport();
  await expect(row(page, 'half typed and more').locator('.rename')).toBeFocused();
});

test('the focus stays on a row that is scrolled away, and goes on from there', async ({ page }) => {
  await toggle(page, titleOf(4)).focus();
  await scrollTo(page, 1);
  await expect(row(page, titleOf(2_999))).toBeInViewport();
  await page.keyboard.press('Space');
  await expect(page.locator('.todo-count')).toHaveText(`${TODOS - 1} items left`);
  await expect(toggle(page, titleOf(4))).toBeFocused();
});

test('with the keyboard a row is moved to the end of the list and keeps the focus', async ({ page, app }) => {
  const grip = row(page, titleOf(1)).locator('.grip');
  await grip.focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('End');
  await page.keyboard.press('Space');
  await expect(grip).toBeFocused();
  await expect(row(page, titleOf(1))).toBeInViewport();
  await expect.poll(async () => (await app.board()).todos.at(-1)!.title).toBe(titleOf(1));
  await page.keyboard.press('Space');
  await page.keyboard.press('Home');
  await page.keyboard.press('Space');
  await expect(grip).toBeFocused();
  await expect.poll(async () => (await app.board()).todos[0]!.title).toBe(titleOf(1));
});

test('everything is selected, also what is not on the page', async ({ page }) => {
  await toggle(page, titleOf(0)).focus();
  await page.keyboard.press('Control+a');
  await expect(page.locator('.selection')).toContainText(`${TODOS}`);
  await page.locator('.selection').getByRole('button', { name: 'Complete' }).click();
  await expect(page.locator('.todo-count')).toHaveText('0 items left');
});
