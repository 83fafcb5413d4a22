// One letter each: the keys of the page, and that they never take a letter away from a text.
import { add, awake, editor, expect, expectTodos, field, open, test, toggle } from '../support/app.ts';

test.beforeEach(async ({ page }) => {
  await open(page);
  await add(page, 'one', 'two', 'three');
});

test('with one letter each one walks through the list and does everything with its todos', async ({ page }) => {
  await page.keyboard.press('Escape');
  await expect(field(page)).not.toBeFocused();
  await page.keyboard.press('j');
  await expect(toggle(page, 'one')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(toggle(page, 'three')).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(toggle(page, 'two')).toBeFocused();
  await page.keyboard.press('Space');
  await expectTodos(page, ['one', 'two', 'three'], ['two']);
  await page.keyboard.press('k');
  await page.keyboard.press('e');
  await expect(editor(page)).toBeFocused();
  await page.keyboard.type(' enjoy');
  await page.keyboard.press('Enter');
  await expectTodos(page, ['one enjoy', 'two', 'three'], ['two']);
  await page.keyboard.press('Delete');
  await expectTodos(page, ['two', 'three'], ['two']);
  await expect(toggle(page, 'two')).toBeFocused();
  await page.keyboard.press('u');
  await expectTodos(page, ['one enjoy', 'two', 'three'], ['two']);
  await page.keyboard.press('n');
  await expect(field(page)).toBeFocused();
  await page.keyboard.type('jukebox n /');
  await page.keyboard.press('Enter');
  await expectTodos(page, ['one enjoy', 'two', 'three', 'jukebox n /'], ['two']);
});

test('a key that follows at once is about the row that the one before it went to', async ({ page }) => {
  await toggle(page, 'one').focus();
  await page.evaluate(() => ['j', 'e'].forEach((key) =>
    document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))));
  await expect(editor(page)).toBeFocused();
  await expect(editor(page)).toHaveValue('two');
});

test('Enter on a box opens its title', async ({ page }) => {
  await toggle(page, 'two').focus();
  await page.keyboard.press('Enter');
  await expect(editor(page)).toHaveValue('two');
});

test('what is half typed in the field stays there after Escape', async ({ page }) => {
  await field(page).fill('half');
  await page.keyboard.press('Escape');
  await expect(field(page)).toBeFocused();
  await expect(field(page)).toHaveValue('half');
});

test('g and a letter go somewhere', async ({ page }) => {
  await toggle(page, 'two').check();
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await expect(page).toHaveURL('/completed');
  await expectTodos(page, ['two'], ['two']);
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await expectTodos(page, ['one', 'three']);
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await expect(page).toHaveURL('/');
  await page.keyboard.press('g');
  await page.keyboard.press('h');
  await expect(page).toHaveURL('/history');
  await page.goBack();
  await awake(page);
  await toggle(page, 'one').focus();
  await page.keyboard.press('h');
  await expect(page).toHaveURL('/');
});

test('a sheet shows all keys, and turns the letters off', async ({ page }) => {
  await toggle(page, 'two').focus();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keys' });
  await expect(sheet).toBeVisible();
  await expect(sheet).toContainText('Write a new todo');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await toggle(page, 'two').focus();
  await page.keyboard.press('?');
  await sheet.getByRole('checkbox').uncheck();
  await sheet.getByRole('button', { name: 'Close' }).click();
  await page.reload();
  await awake(page);
  await toggle(page, 'two').focus();
  await page.keyboard.press('e');
  await expect(editor(page)).toHaveCount(0);
  await page.keyboard.press('ArrowDown');
  await expect(toggle(page, 'three')).toBeFocused();
});
