// Everything can be reached and done with the keyboard, and the focus can be seen.
import type { Page } from '@playwright/test';
import { add, editor, expect, expectTodos, field, open, row, rows, test } from '../support/app.ts';

/** Presses Tab until the focus is on the element with this accessible name. Fails if it never is. */
async function tabTo(page: Page, name: string, key = 'Tab'): Promise<void> {
  const names: string[] = [];
  for (let press = 0; press < 40; press++) {
    await page.keyboard.press(key);
    const focused = await page.evaluate(() => {
      const it = document.activeElement as HTMLElement | null;
      if (!it || it === document.body) return '';
      const by = it.getAttribute('aria-labelledby');
      return (by ? document.getElementById(by)?.textContent : it.getAttribute('aria-label'))
        ?? ((it as HTMLInputElement).labels?.[0]?.textContent ?? it.textContent ?? '');
    });
    if (focused === name) return;
    names.push(focused);
  }
  throw new Error(`“${name}” was not reached, only: ${names.join(' | ')}`);
}

/** Checks that the focused element can be seen: it is large enough, not transparent, and has an outline. */
async function expectVisibleFocus(page: Page): Promise<void> {
  const look = await page.evaluate(() => {
    const it = document.activeElement!;
    const style = getComputedStyle(it);
    const { width, height } = it.getBoundingClientRect();
    return { outline: style.outlineStyle, thick: parseFloat(style.outlineWidth) >= 2, opacity: style.opacity, big: width >= 20 && height >= 20 };
  });
  expect(look).toEqual({ outline: 'solid', thick: true, opacity: '1', big: true });
}

test('a todo is created, completed, renamed and deleted with the keyboard alone', async ({ page }) => {
  await open(page);
  await expect(field(page)).toBeFocused();
  await page.keyboard.type('one');
  await page.keyboard.press('Enter');
  await page.keyboard.type('two');
  await page.keyboard.press('Enter');
  await expectTodos(page, ['one', 'two']);
  await expect(field(page)).toBeFocused();

  await tabTo(page, 'one');
  await expectVisibleFocus(page);
  await page.keyboard.press('Space');
  await expectTodos(page, ['one', 'two'], ['one']);
  await page.keyboard.press('Space');
  await expectTodos(page, ['one', 'two']);

  await tabTo(page, 'Rename one');
  await expectVisibleFocus(page);
  await page.keyboard.press('Enter');
  await expect(editor(page)).toBeFocused();
  await expectVisibleFocus(page);
  await page.keyboard.type(' more');
  await page.keyboard.press('Enter');
  await expectTodos(page, ['one more', 'two']);

  await tabTo(page, 'Delete two');
  await expectVisibleFocus(page);
  await page.keyboard.press('Space');
  await expectTodos(page, ['one more']);
});

test('the focus stays in the row after a rename, saved or not', async ({ page }) => {
  await open(page);
  await add(page, 'one', 'two');
  for (const key of ['Enter', 'Escape']) {
    await row(page, 'one').locator('.rename').focus();
    await page.keyboard.press('Enter');
    await expect(editor(page)).toBeFocused();
    await page.keyboard.press(key);
    await expect(editor(page)).toHaveCount(0);
    await expect(row(page, 'one').locator('.rename')).toBeFocused();
  }
});

test('the focus is not lost when the todo it is on is deleted', async ({ page }) => {
  await open(page);
  await add(page, 'one', 'two', 'three');
  await row(page, 'two').locator('.destroy').focus();
  await page.keyboard.press('Enter');
  await expectTodos(page, ['one', 'three']);
  await expect(page.locator('body')).not.toBeFocused();
});

test('everything else can also be reached with the keyboard', async ({ page }) => {
  await open(page);
  await add(page, 'one', 'two');
  await tabTo(page, 'Mark all as complete');
  await expectVisibleFocus(page);
  await page.keyboard.press('Space');
  await expectTodos(page, ['one', 'two'], ['one', 'two']);
  await tabTo(page, 'Completed');
  await expectVisibleFocus(page);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/completed');
  await tabTo(page, 'Clear completed');
  await expectVisibleFocus(page);
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(0);
  await tabTo(page, 'Send a message over the socket');
  await expectVisibleFocus(page);
  await page.keyboard.type('hello');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Dismiss');
  await expectVisibleFocus(page);
  await page.keyboard.press('Enter');
  await expect(page.locator('.notice')).toHaveCount(0);
});

test('Tab finds each control of a row once', async ({ page, app }) => {
  await app.create('one');
  await open(page);
  const stops = await page.locator('.todo-list li').locator('a, button, input').evaluateAll((them) =>
    them.filter((it) => it.checkVisibility() && (it as HTMLElement).tabIndex >= 0).map((it) => it.className));
  expect(stops).toEqual(['toggle', 'grip', 'rename', 'destroy']);
});
