// Several todos are selected and changed at once: one event, one undo.
import type { Page } from '@playwright/test';
import { add, expect, expectTodos, open, row, saved, test } from '../support/app.ts';

const bar = (page: Page) => page.getByRole('toolbar', { name: 'Selected todos' });
const selected = (page: Page) => page.locator('.todo-list li.selected label');

test('with Ctrl and Shift several are selected, and completed as one event', async ({ page, another, app }) => {
  await open(page);
  await add(page, 'one', 'two', 'three', 'four', 'five');
  await saved(page);
  const bob = await another();
  const { seq } = (await app.board()).head;
  await row(page, 'one').locator('label').click({ modifiers: ['Control'] });
  await row(page, 'three').locator('label').click({ modifiers: ['Control'] });
  await expect(selected(page)).toHaveText(['one', 'three']);
  await row(page, 'five').locator('label').click({ modifiers: ['Shift'] });
  await expect(selected(page)).toHaveText(['one', 'three', 'four', 'five']);
  await row(page, 'one').locator('label').click({ modifiers: ['Control'] });
  await expect(bar(page)).toContainText('3 selected');
  await bar(page).getByRole('button', { name: 'Complete' }).click();
  await expectTodos(page, ['one', 'two', 'three', 'four', 'five'], ['three', 'four', 'five']);
  await expectTodos(bob, ['one', 'two', 'three', 'four', 'five'], ['three', 'four', 'five']);
  await expect(bar(page)).toBeHidden();
  await saved(page);
  expect((await app.board()).head.seq).toBe(seq + 1);
  await page.keyboard.press('Control+z');
  await expectTodos(bob, ['one', 'two', 'three', 'four', 'five']);
});

test('with the keyboard alone', async ({ page }) => {
  await open(page);
  await add(page, 'one', 'two', 'three');
  await row(page, 'one').locator('.toggle').focus();
  await page.keyboard.press('x');
  await row(page, 'three').locator('.toggle').focus();
  await page.keyboard.press('Shift+X');
  await expect(selected(page)).toHaveText(['one', 'two', 'three']);
  await page.keyboard.press('Escape');
  await expect(selected(page)).toHaveCount(0);
  await page.keyboard.press('Control+a');
  await expect(bar(page)).toContainText('3 selected');
  await bar(page).getByRole('button', { name: 'Delete' }).click();
  await expectTodos(page, []);
  await page.keyboard.press('Control+z');
  await expectTodos(page, ['one', 'two', 'three']);
});

test('what others delete is selected no more', async ({ page, another }) => {
  await open(page);
  await add(page, 'one', 'two');
  await saved(page);
  const bob = await another();
  await row(page, 'one').locator('label').click({ modifiers: ['Control'] });
  await expect(bar(page)).toContainText('1 selected');
  await row(bob, 'one').hover();
  await row(bob, 'one').locator('.destroy').click();
  await expectTodos(page, ['two']);
  await expect(bar(page)).toBeHidden();
});

test.describe('on a phone', () => {
  test.use({ hasTouch: true, viewport: { width: 360, height: 740 } });

  test('a long touch selects', async ({ page, context }) => {
    await open(page);
    await add(page, 'one', 'two');
    const at = (await row(page, 'two').locator('label').boundingBox())!;
    const cdp = await context.newCDPSession(page);
    const points = [{ x: at.x + 20, y: at.y + at.height / 2 }];
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: points });
    await expect(selected(page)).toHaveText(['two']);
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expect(bar(page)).toContainText('1 selected');
  });
});
