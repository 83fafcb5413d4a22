// Renaming a todo in its row, and every way to end it.
import type { Page } from '@playwright/test';
import { add, editor, expect, expectTodos, field, labels, notices, open, row, rows, saved, test, toggle } from '../support/app.ts';

const edit = (page: Page, title: string): Promise<void> => row(page, title).locator('label').dblclick();

test('a double click renames in place, and Enter saves', async ({ page }) => {
  await open(page);
  await add(page, 'one', 'two');
  await edit(page, 'one');
  await expect(editor(page)).toBeFocused();
  await expect(editor(page)).toHaveValue('one');
  await expect(rows(page).first()).toHaveClass(/editing/);
  await page.keyboard.type(' more');
  await page.keyboard.press('Enter');
  await expectTodos(page, ['one more', 'two']);
  await expect(editor(page)).toHaveCount(0);
  await saved(page);
  await page.reload();
  await expectTodos(page, ['one more', 'two']);
});

test('the pencil renames in place, and leaving the field saves', async ({ page }) => {
  await open(page);
  await add(page, 'one');
  await row(page, 'one').hover();
  await row(page, 'one').getByRole('link', { name: 'Rename one' }).click();
  await editor(page).fill('  uno  ');
  await field(page).click();
  await expectTodos(page, ['uno']);
  await expect(page).toHaveURL('/');
  await expect(editor(page)).toHaveCount(0);
});

test('Escape keeps the old title', async ({ page, app }) => {
  await open(page);
  await add(page, 'one');
  await edit(page, 'one');
  await editor(page).fill('something else');
  await page.keyboard.press('Escape');
  await expectTodos(page, ['one']);
  await expect(editor(page)).toHaveCount(0);
  await edit(page, 'one');
  await expect(editor(page)).toHaveValue('one');
  await page.keyboard.press('Escape');
  await toggle(page, 'one').check();
  await saved(page);
  expect((await app.board()).head.seq).toBe(2);
});

test('Enter without a change changes nothing', async ({ page, app }) => {
  await open(page);
  await add(page, 'one');
  await saved(page);
  await edit(page, 'one');
  await page.keyboard.press('Enter');
  await expect(editor(page)).toHaveCount(0);
  await expectTodos(page, ['one']);
  expect((await app.board()).head.seq).toBe(1);
});

test('an empty title deletes the todo', async ({ page }) => {
  await open(page);
  await add(page, 'one', 'two', 'three');
  await edit(page, 'one');
  await editor(page).fill('');
  await page.keyboard.press('Enter');
  await expectTodos(page, ['two', 'three']);
  await edit(page, 'three');
  await editor(page).fill('   ');
  await field(page).click();
  await expectTodos(page, ['two']);
});

test('a title that is too long is refused with a sentence, and the field stays open with it', async ({ page }) => {
  await open(page);
  await add(page, 'one');
  await edit(page, 'one');
  await editor(page).fill('x'.repeat(501));
  await page.keyboard.press('Enter');
  const refused = row(page, 'one').getByRole('alert');
  await expect(refused).toHaveText('That is longer than 500 characters: please shorten it.');
  await expect(editor(page)).toHaveValue('x'.repeat(501));
  await expect(editor(page)).toHaveAccessibleDescription('That is longer than 500 characters: please shorten it.');
  await expect(editor(page)).toHaveAttribute('aria-invalid', 'true');
  await expect(notices(page)).toHaveCount(0);
  await editor(page).press('Backspace');
  await expect(refused).toBeEmpty();
  await editor(page).fill('short');
  await page.keyboard.press('Enter');
  await expectTodos(page, ['short']);
});

test('a second row can be renamed right after the first', async ({ page }) => {
  await open(page);
  await add(page, 'one', 'two');
  await edit(page, 'one');
  await editor(page).fill('uno');
  await edit(page, 'two');
  await expect(labels(page).first()).toHaveText('uno');
  await expect(editor(page)).toHaveCount(1);
  await editor(page).fill('due');
  await page.keyboard.press('Enter');
  await expectTodos(page, ['uno', 'due']);
  await toggle(page, 'uno').check();
  await expectTodos(page, ['uno', 'due'], ['uno']);
});

test('completing, filtering and deleting work after every way to end a rename', async ({ page }) => {
  await open(page);
  await add(page, 'one', 'two');
  for (const key of ['Enter', 'Escape']) {
    await edit(page, 'one');
    await page.keyboard.press(key);
    await toggle(page, 'one').check();
    await toggle(page, 'one').uncheck();
  }
  await row(page, 'one').hover();
  await row(page, 'one').locator('.destroy').click();
  await expectTodos(page, ['two']);
});

test('what others do to the title does not disturb a person who is typing', async ({ page, app }) => {
  const id = await app.create('one');
  await open(page);
  await edit(page, 'one');
  await editor(page).fill('uno');
  await app.post('todos/rename', { list: 'home', id, title: 'eins' });
  await app.post('todos/complete', { list: 'home', id });
  await app.create('two');
  await expect(notices(page)).toHaveCount(3);
  await expect(editor(page)).toHaveValue('uno');
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expectTodos(page, ['uno', 'two'], ['uno']);
});

test('a todo that others delete while it is being renamed stays until that is over, and saving makes a new todo', async ({ page, app }) => {
  const [one, three] = [await app.create('one'), await app.create('three')];
  await app.create('two');
  await open(page);
  await edit(page, 'one');
  await editor(page).fill('uno');
  await app.post('todos/delete', { list: 'home', id: one });
  await expect(notices(page)).toHaveText('“one” was deleted');
  await expect(editor(page)).toBeFocused();
  await expect(page.locator('.todo-count')).toHaveText('2 items left');
  await page.keyboard.press('Enter');
  await expectTodos(page, ['three', 'two', 'uno']);

  await edit(page, 'three');
  await app.post('todos/delete', { list: 'home', id: three });
  await expect(page.locator('.todo-count')).toHaveText('2 items left');
  await page.keyboard.press('Escape');
  await expectTodos(page, ['two', 'uno']);
  expect((await app.board()).todos.map((it) => it.title)).toEqual(['two', 'uno']);
});

test('a title of mine that others replace can be taken back', async ({ page, another }) => {
  await open(page);
  await add(page, 'one');
  await edit(page, 'one');
  await editor(page).fill('mine');
  await page.keyboard.press('Enter');
  await saved(page);
  const other = await another();
  await edit(other, 'mine');
  await editor(other).fill('theirs');
  await other.keyboard.press('Enter');
  await expect(notices(page)).toHaveText('“mine” was renamed to “theirs”');
  await page.getByRole('button', { name: 'Take mine back' }).click();
  await expectTodos(page, ['mine']);
  await expectTodos(other, ['mine']);
  await expect(notices(page)).toHaveCount(0);
});
