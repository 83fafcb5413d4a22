// Todos are put into another order with the mouse, a finger or the keyboard, and stay so for everyone.
import type { Page } from '@playwright/test';
import { add, expect, expectTodos, labels, open, row, saved, test } from '../support/app.ts';
import { type Half, holdOver } from '../support/drag.ts';

const grip = (page: Page, title: string) => row(page, title).locator('.grip');

const same = (one: string[], other: string[]) => one.join() === other.join();

const hold = (page: Page, title: string, target: string, half: Half) => holdOver(page, row(page, title), row(page, target), half);

async function drag(page: Page, title: string, target: string, half: Half): Promise<void> {
  await hold(page, title, target, half);
  await page.mouse.up();
}

test('a row is dragged to another place, and every window has the new order', async ({ page, another, app }) => {
  await open(page);
  await add(page, 'one', 'two', 'three', 'four');
  const bob = await another();
  await drag(page, 'four', 'two', 'upper');
  await expectTodos(page, ['one', 'four', 'two', 'three']);
  await expectTodos(bob, ['one', 'four', 'two', 'three']);
  await drag(page, 'one', 'three', 'lower');
  await expectTodos(page, ['four', 'two', 'three', 'one']);
  await drag(page, 'one', 'four', 'upper');
  await expectTodos(page, ['one', 'four', 'two', 'three']);
  await saved(page);
  await page.reload();
  await expectTodos(page, ['one', 'four', 'two', 'three']);
  await page.keyboard.press('Control+z');
  await drag(page, 'three', 'one', 'upper');
  await page.keyboard.press('Control+z');
  await expectTodos(page, ['one', 'four', 'two', 'three']);
  await expect.poll(async () => (await app.board()).todos.map((it) => it.title)).toEqual(['one', 'four', 'two', 'three']);
});

test('a row that is dropped where it was does not move', async ({ page, app }) => {
  await open(page);
  await add(page, 'one', 'two', 'three');
  await saved(page);
  const { seq } = (await app.board()).head;
  await drag(page, 'two', 'one', 'lower');
  await drag(page, 'two', 'three', 'upper');
  await expectTodos(page, ['one', 'two', 'three']);
  await saved(page);
  expect((await app.board()).head.seq).toBe(seq);
});

test('with the keyboard a row is picked up, moved and dropped, and screen readers are told', async ({ page, another }) => {
  await open(page);
  await add(page, 'one', 'two', 'three');
  const bob = await another();
  const said = page.locator('.spoken[aria-live]');
  await grip(page, 'three').focus();
  await page.keyboard.press('Space');
  await expect(said).toContainText('Position 3 of 3');
  await page.keyboard.press('ArrowUp');
  await expect(said).toHaveText('Position 2 of 3');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(said).toHaveText('Position 1 of 3');
  await expectTodos(bob, ['one', 'two', 'three']);
  await page.keyboard.press('Space');
  await expectTodos(page, ['three', 'one', 'two']);
  await expectTodos(bob, ['three', 'one', 'two']);
  await expect(grip(page, 'three')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  await page.keyboard.press('Escape');
  await expect(said).toHaveText('Left where it was');
  await expectTodos(page, ['three', 'one', 'two']);
});

test('two people who move at once come to the same order', async ({ page, another }) => {
  await open(page);
  await add(page, 'one', 'two', 'three', 'four');
  const bob = await another();
  await expectTodos(bob, ['one', 'two', 'three', 'four']);
  // Both hold their row before either drops it.
  await hold(page, 'four', 'one', 'upper');
  await hold(bob, 'three', 'one', 'upper');
  await Promise.all([page.mouse.up(), bob.mouse.up()]);
  await expect.poll(async () => (await labels(page).allTextContents()).slice(2)).toEqual(['one', 'two']);
  await expect.poll(async () => (await labels(bob).allTextContents()).slice(2)).toEqual(['one', 'two']);
  await saved(page);
  await saved(bob);
  await expect.poll(async () => same(await labels(page).allTextContents(), await labels(bob).allTextContents())).toBe(true);
});

test('a row that is held lands where the gap was shown, although others changed the list meanwhile', async ({ page, another }) => {
  await open(page);
  await add(page, 'one', 'two', 'three', 'four');
  const bob = await another();
  await hold(page, 'four', 'two', 'lower');
  await drag(bob, 'three', 'one', 'upper');
  await expectTodos(page, ['three', 'one', 'two', 'four']);
  await drag(bob, 'two', 'three', 'upper');
  await expectTodos(page, ['two', 'three', 'one', 'four']);
  await page.mouse.up();
  await expectTodos(page, ['two', 'four', 'three', 'one']);
  await expectTodos(bob, ['two', 'four', 'three', 'one']);
});

test.describe('on a phone', () => {
  test.use({ hasTouch: true, viewport: { width: 360, height: 740 } });

  test('a finger on the handle moves the row', async ({ page, context }) => {
    await open(page);
    await add(page, 'one', 'two', 'three');
    const from = (await grip(page, 'three').boundingBox())!;
    const to = (await row(page, 'one').boundingBox())!;
    const cdp = await context.newCDPSession(page);
    const touch = (type: string, y: number) =>
      cdp.send('Input.dispatchTouchEvent', { type: type as 'touchStart', touchPoints: type === 'touchEnd' ? [] : [{ x: from.x + from.width / 2, y }] });
    await touch('touchStart', from.y + from.height / 2);
    for (let step = 1; step <= 5; step++) await touch('touchMove', from.y + ((to.y + 5 - from.y) * step) / 5);
    await touch('touchEnd', 0);
    await expectTodos(page, ['three', 'one', 'two']);
  });
});
