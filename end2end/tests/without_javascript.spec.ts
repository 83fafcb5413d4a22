// The same page for a browser without JavaScript: every action is a plain form.
import type { Page } from '@playwright/test';
import { badge, editor, expect, expectTodos, field, filter, refusal, row, rows, SCRIPT_IS_HELD, test } from '../support/app.ts';

test.use({ javaScriptEnabled: false });

test.beforeEach(({ complaints }) => complaints.allow(SCRIPT_IS_HELD));

async function create(page: Page, ...titles: string[]): Promise<void> {
  for (const title of titles) {
    await field(page).fill(title);
    await field(page).press('Enter');
    await expect(row(page, title.trim())).toBeVisible();
  }
}

test('todos are created, ticked, unticked and deleted', async ({ page, app }) => {
  await page.goto('/');
  await expect(page.locator('noscript .hint')).toBeVisible();
  await expect(field(page)).toBeFocused();
  await create(page, 'one', 'two', 'three');
  await expect(field(page)).toHaveValue('');
  await row(page, 'two').getByRole('button', { name: 'Complete' }).click();
  await expectTodos(page, ['one', 'two', 'three'], ['two']);
  await expect(page.locator('.todo-count')).toHaveText('2 items left');
  await row(page, 'two').getByRole('button', { name: 'Reopen' }).click();
  await expectTodos(page, ['one', 'two', 'three']);
  await row(page, 'one').hover();
  await row(page, 'one').getByRole('button', { name: 'Delete one' }).click();
  await expectTodos(page, ['two', 'three']);
  await expect(page).toHaveURL('/');
  expect((await app.board()).todos.map((it) => it.title)).toEqual(['two', 'three']);
});

test('a click on the checkbox ticks it', async ({ page }) => {
  await page.goto('/');
  await create(page, 'one');
  for (const done of [['one'], []]) {
    const at = (await row(page, 'one').locator('.toggle').boundingBox())!;
    await page.mouse.click(at.x + at.width / 2, at.y + at.height / 2);
    await expectTodos(page, ['one'], done);
  }
});

test('a todo is renamed through the pencil', async ({ page }) => {
  await page.goto('/');
  await create(page, 'one', 'two');
  await row(page, 'one').hover();
  await row(page, 'one').getByRole('link', { name: 'Rename one' }).click();
  await expect(editor(page)).toBeFocused();
  await expect(editor(page)).toHaveValue('one');
  await editor(page).fill('uno');
  await editor(page).press('Enter');
  await expectTodos(page, ['uno', 'two']);
  await expect(editor(page)).toHaveCount(0);
});

test('renaming leads back to the same filter', async ({ page, app }) => {
  const list = await app.createList('Garden');
  await app.create('one', list);
  await page.goto(`/lists/${list}/active`);
  await row(page, 'one').hover();
  await row(page, 'one').locator('.rename').click();
  await editor(page).fill('uno');
  await editor(page).press('Enter');
  await expectTodos(page, ['uno']);
  await expect(page).toHaveURL(`/lists/${list}/active`);
});

test('all todos are marked, unmarked and cleared away', async ({ page }) => {
  await page.goto('/');
  await create(page, 'one', 'two');
  const all = page.getByRole('button', { name: 'Mark all as complete' });
  await all.click();
  await expectTodos(page, ['one', 'two'], ['one', 'two']);
  await expect(page.locator('.toggle-all')).toBeChecked();
  await all.click();
  await expectTodos(page, ['one', 'two']);
  await row(page, 'one').getByRole('button', { name: 'Complete' }).click();
  await page.getByRole('button', { name: 'Clear completed' }).click();
  await expectTodos(page, ['two']);
});

test('filters are links, and an action leads back to the same filter', async ({ page }) => {
  await page.goto('/');
  await create(page, 'one', 'two');
  await filter(page, 'Active').click();
  await expect(page).toHaveURL('/active');
  await expect(page.locator('.filters .selected')).toHaveText('Active');
  await row(page, 'one').getByRole('button', { name: 'Complete' }).click();
  await expect(page).toHaveURL('/active');
  await expectTodos(page, ['two']);
  await filter(page, 'Completed').click();
  await expectTodos(page, ['one'], ['one']);
  await page.goBack();
  await expectTodos(page, ['two']);
});

test('a long list has pages, and every action stays on the page it was on', async ({ page, app }) => {
  await app.createMany(450);
  const titles = (await app.board()).todos.map((it) => it.title);
  const pager = page.getByRole('navigation', { name: 'Pages' });
  await page.goto('/');
  await expectTodos(page, titles.slice(0, 200));
  await expect(pager).toContainText('Page 1 of 3');
  await pager.getByRole('link', { name: 'Next' }).click();
  await expectTodos(page, titles.slice(200, 400));
  await pager.getByRole('link', { name: 'Next' }).click();
  await expect(page).toHaveURL('/?page=3');
  await expectTodos(page, titles.slice(400));
  await expect(pager.getByRole('link', { name: 'Next' })).toHaveCount(0);

  await row(page, titles[410]!).hover();
  await row(page, titles[410]!).locator('.rename').click();
  await expect(editor(page)).toBeFocused();
  await editor(page).fill('another title');
  await editor(page).press('Enter');
  await expect(page).toHaveURL(/\/\?page=3#todo-/);
  titles[410] = 'another title';
  await expectTodos(page, titles.slice(400));

  await pager.getByRole('link', { name: 'Previous' }).click();
  await row(page, titles[300]!).getByRole('button', { name: 'Complete' }).click();
  await expect(page).toHaveURL(/\/\?page=2#todo-/);
  await expectTodos(page, titles.slice(200, 400), [titles[300]!]);
  await expect(page.locator('.todo-count')).toHaveText('449 items left');
  await filter(page, 'Completed').click();
  await expectTodos(page, [titles[300]!], [titles[300]!]);
  await expect(pager).toHaveCount(0);
});

test('each box has one control, which says what it does with which todo', async ({ page, app }) => {
  for (const title of ['one', 'say "two" & <three>']) await app.create(title);
  await page.goto('/');
  // The box takes no focus.
  await row(page, 'one').locator('.toggle').focus({ timeout: 500 }).catch(() => {});
  await expect(row(page, 'one').locator('.toggle')).not.toBeFocused();
  await page.getByRole('button', { name: 'Complete say "two" & <three>', exact: true }).press('Enter');
  await expectTodos(page, ['one', 'say "two" & <three>'], ['say "two" & <three>']);
  await expect(page.getByRole('button', { name: 'Reopen say "two" & <three>', exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Mark all as complete' })).toHaveCount(1);
});

test('after a form the page is where it was', async ({ page, app }) => {
  await app.createMany(60);
  await page.goto('/');
  const button = row(page, 'todo 40').getByRole('button', { name: 'Complete' });
  await button.scrollIntoViewIfNeeded();
  await button.click();
  await expectTodos(page, Array.from({ length: 60 }, (_, n) => `todo ${n}`), ['todo 40']);
  await expect(row(page, 'todo 40')).toBeInViewport();
  await row(page, 'todo 40').hover();
  await row(page, 'todo 40').getByRole('button', { name: 'Delete' }).click();
  await expect(rows(page)).toHaveCount(59);
  await expect(row(page, 'todo 41')).toBeInViewport();
});

test('a new todo of a long list is seen at once', async ({ page, app }) => {
  await app.createMany(400);
  await page.goto('/');
  await create(page, 'one');
  await expect(page).toHaveURL('/?page=3');
  await expectTodos(page, ['one']);
  await create(page, 'two');
  await expectTodos(page, ['one', 'two']);
});

test('a new list is made, and is independent of the home list', async ({ page }) => {
  await page.goto('/');
  await create(page, 'at home');
  await page.getByRole('textbox', { name: 'Name of a new list' }).fill('Garden');
  await page.getByRole('button', { name: 'New list' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Garden');
  await expect(page).toHaveURL(/\/lists\/[a-z0-9-]+$/);
  await expect(rows(page)).toHaveCount(0);
  await create(page, 'Plant roses');
  await page.getByRole('link', { name: 'todoapp' }).click();
  await expectTodos(page, ['at home']);
});

test('a new todo that is too long is refused with a sentence, and is still in the field', async ({ page }) => {
  const title = 'ä'.repeat(501);
  await page.goto('/');
  await field(page).fill(title);
  await field(page).press('Enter');
  await expect(refusal(page)).toHaveText('That is longer than 500 characters: please shorten it.');
  await expect(field(page)).toHaveValue(title);
  await field(page).fill('short');
  await field(page).press('Enter');
  await expectTodos(page, ['short']);
  await expect(refusal(page)).toHaveText('');
  await expect(page).toHaveURL('/');
});

test('a new title that is too long is refused with a sentence, and is still in its row', async ({ page }) => {
  await page.goto('/');
  await create(page, 'one', 'two');
  await row(page, 'one').hover();
  await row(page, 'one').locator('.rename').click();
  await editor(page).fill('x'.repeat(501));
  await editor(page).press('Enter');
  await expect(page.getByText('That is longer than 500 characters: please shorten it.')).toBeVisible();
  await expect(editor(page)).toHaveValue('x'.repeat(501));
  await expect(field(page)).toHaveValue('');
});

test('an empty title is refused with a sentence, and changes nothing', async ({ page }) => {
  const sentence = page.getByText('Write something first: the text is empty.');
  await page.goto('/');
  await field(page).press('Enter');
  await expect(sentence).toBeVisible();
  await create(page, 'one', 'two');
  await row(page, 'one').hover();
  await row(page, 'one').locator('.rename').click();
  await editor(page).fill('');
  await editor(page).press('Enter');
  await expect(sentence).toBeVisible();
  await expect(editor(page)).toHaveValue('');
  await expectTodos(page, ['one', 'two']);
});

test('a refused list name is put back into its own field', async ({ page }) => {
  await page.goto('/');
  const name = page.getByRole('textbox', { name: 'Name of a new list' });
  await name.fill('tab\there');
  await page.getByRole('button', { name: 'New list' }).click();
  await expect(page.getByText('The text has a line break or a control character in it: please remove it.')).toBeVisible();
  await expect(refusal(page)).toHaveText('');
  await expect(field(page)).toHaveValue('');
  await expect(name).toHaveValue('tab\there');
});

test('after Back, another todo is not taken for the same command', async ({ page, app }) => {
  await page.goto('/');
  await create(page, 'one');
  await page.goBack();
  await create(page, 'two');
  expect((await app.board()).todos.map((it) => it.title)).toEqual(['one', 'two']);
});

test('hostile titles are shown as text, even if they come back after a refusal', async ({ page }) => {
  await page.goto('/');
  const title = '"><img src=x onerror=alert(1)></title><script>alert(1)</script>&amp;';
  await create(page, title);
  await expect(page.locator('.todo-list img, .todo-list script')).toHaveCount(0);
  await field(page).fill(title + 'x'.repeat(500));
  await field(page).press('Enter');
  await expect(field(page)).toHaveValue(title + 'x'.repeat(500));
});

test('an unknown list is a 404 page', async ({ page, complaints }) => {
  complaints.allow(/the server responded with a status of 404/);
  const answer = await page.goto('/lists/nosuchlist');
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Not found');
});

test('parts that need the script are not shown', async ({ page }) => {
  await page.goto('/');
  await expect(badge(page)).toBeHidden();
  await expect(page.locator('.message-form')).toBeHidden();
});
