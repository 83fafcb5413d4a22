// What one person does with a list, in one window.
import { add, badge, editor, expect, expectTodos, field, filter, labels, notices, open, paste, refusal, row, rows, saved, test, toggle } from '../support/app.ts';

test('a todo is created with Enter, and survives a reload', async ({ page, app }) => {
  await open(page);
  await expect(page.getByText('Nothing to do yet.')).toBeVisible();
  await expect(field(page)).toBeFocused();
  await add(page, 'Buy milk', '  Buy bread  ');
  await expectTodos(page, ['Buy milk', 'Buy bread']);
  await expect(field(page)).toHaveValue('');
  await expect(page.getByText('Nothing to do yet.')).toBeHidden();
  await saved(page);
  await page.reload();
  await expectTodos(page, ['Buy milk', 'Buy bread']);
  expect((await app.board()).todos.map((it) => it.title)).toEqual(['Buy milk', 'Buy bread']);
});

test('Enter on an empty field does nothing', async ({ page, app }) => {
  await open(page);
  for (const nothing of ['', '   ', '\u200b']) await add(page, nothing);
  await expect(rows(page)).toHaveCount(0);
  await expect(refusal(page)).toHaveText('');
  expect((await app.board()).head.seq).toBe(0);
});

test('a todo is completed, reopened and deleted', async ({ page }) => {
  await open(page);
  await add(page, 'one', 'two', 'three');
  await toggle(page, 'two').check();
  await expectTodos(page, ['one', 'two', 'three'], ['two']);
  await toggle(page, 'two').uncheck();
  await expectTodos(page, ['one', 'two', 'three']);
  await row(page, 'one').hover();
  await row(page, 'one').getByRole('button', { name: 'Delete one' }).click();
  await expectTodos(page, ['two', 'three']);
  await saved(page);
  await page.reload();
  await expectTodos(page, ['two', 'three']);
});

test('own changes make no notice', async ({ page }) => {
  await open(page);
  await add(page, 'one', 'two');
  await toggle(page, 'one').check();
  await saved(page);
  await expect(page.locator('.todo-count')).toHaveText('1 item left');
  await expect(notices(page)).toHaveCount(0);
});

test('the count says item or items', async ({ page }) => {
  await open(page);
  await expect(page.locator('.footer')).toBeHidden();
  await add(page, 'one');
  await expect(page.locator('.todo-count')).toHaveText('1 item left');
  await add(page, 'two');
  await expect(page.locator('.todo-count')).toHaveText('2 items left');
  await toggle(page, 'one').check();
  await toggle(page, 'two').check();
  await expect(page.locator('.todo-count')).toHaveText('0 items left');
  await saved(page);
  await page.reload();
  await expect(page.locator('.todo-count')).toHaveText('0 items left');
});

test('the box that marks all changes the todos, and changes with them', async ({ page }) => {
  await open(page);
  const all = page.getByRole('checkbox', { name: 'Mark all as complete' });
  await add(page, 'one', 'two');
  await expect(all).not.toBeChecked();
  await toggle(page, 'one').check();
  await expect(all).not.toBeChecked();
  await all.check();
  await expectTodos(page, ['one', 'two'], ['one', 'two']);
  await toggle(page, 'one').uncheck();
  await expect(all).not.toBeChecked();
  await toggle(page, 'one').check();
  await expect(all).toBeChecked();
  await page.getByText('Mark all as complete').click();
  await expect(all).not.toBeChecked();
  await expectTodos(page, ['one', 'two']);
  await all.check();
  await add(page, 'three');
  await expect(all).not.toBeChecked();
});

test('only completed todos are cleared away', async ({ page }) => {
  await open(page);
  const clear = page.getByRole('button', { name: 'Clear completed' });
  await add(page, 'one', 'two', 'three');
  await expect(clear).toBeHidden();
  await toggle(page, 'one').check();
  await toggle(page, 'three').check();
  await clear.click();
  await expectTodos(page, ['two']);
  await expect(clear).toBeHidden();
  await toggle(page, 'two').check();
  await clear.click();
  await expect(rows(page)).toHaveCount(0);
  await expect(page.locator('.footer')).toBeHidden();
  await expect(page.locator('.main')).toBeHidden();
});

test('filters have addresses, and Back and Forward move between them', async ({ page }) => {
  await open(page);
  await add(page, 'open', 'done');
  await toggle(page, 'done').check();
  await filter(page, 'Active').click();
  await expect(page).toHaveURL('/active');
  await expectTodos(page, ['open']);
  await expect(page.locator('.filters .selected')).toHaveText('Active');
  await filter(page, 'Completed').click();
  await expect(page).toHaveURL('/completed');
  await expectTodos(page, ['done'], ['done']);
  await page.goBack();
  await expectTodos(page, ['open']);
  await page.goBack();
  await expect(page).toHaveURL('/');
  await expectTodos(page, ['open', 'done'], ['done']);
  await page.goForward();
  await page.goForward();
  await expectTodos(page, ['done'], ['done']);
  await expect(page.locator('.filters [aria-current=page]')).toHaveText('Completed');
  await saved(page);
  await page.reload();
  await expectTodos(page, ['done'], ['done']);
  await filter(page, 'All').click();
  await expectTodos(page, ['open', 'done'], ['done']);
  await expect(page.locator('.todo-count')).toHaveText('1 item left');
});

test('a todo disappears from a filter that it no longer fits', async ({ page }) => {
  await open(page);
  await add(page, 'one', 'two');
  await filter(page, 'Active').click();
  await toggle(page, 'one').click();
  await expectTodos(page, ['two']);
  await toggle(page, 'two').click();
  await expect(rows(page)).toHaveCount(0);
  await add(page, 'three');
  await expectTodos(page, ['three']);
  await filter(page, 'Completed').click();
  await expectTodos(page, ['one', 'two'], ['one', 'two']);
  await toggle(page, 'one').click();
  await expectTodos(page, ['two'], ['two']);
  await add(page, 'four');
  await expectTodos(page, ['two'], ['two']);
  await filter(page, 'All').click();
  await expectTodos(page, ['one', 'two', 'three', 'four'], ['two']);
});

test('pasted lines become several todos, one line stays text', async ({ page }) => {
  await open(page);
  await paste(page, 'one\r\n\n  two  \nthree\n');
  await expectTodos(page, ['one', 'two', 'three']);
  await expect(field(page)).toHaveValue('');
  await paste(page, 'just this');
  await expect(field(page)).toHaveValue('just this');
  await expectTodos(page, ['one', 'two', 'three']);
  await field(page).fill('');
  await paste(page, Array.from({ length: 101 }, (_, n) => `line ${n}`).join('\n'));
  await expect(refusal(page)).toHaveText('That is more than 100 lines: please paste fewer at a time.');
  await expect(rows(page)).toHaveCount(3);
});

test('hostile titles and titles in other scripts are shown as text', async ({ page }) => {
  const titles = [
    '<img src=x onerror="document.title=\'stolen\'">', '</title><script>document.title="stolen"</script>',
    'عربي: شراء الحليب', '👩‍👩‍👧‍👦 buy 🥛', '&lt;b&gt;', 'a\\n"\'`${}',
  ];
  await open(page);
  await add(page, ...titles);
  await expectTodos(page, titles);
  await saved(page);
  await page.reload();
  expect(await labels(page).allTextContents()).toEqual(titles);
  await expect(page).toHaveTitle('todos · todoapp');
  await expect(page.locator('.todo-list img, .todo-list script, .todo-list b')).toHaveCount(0);
  expect(await row(page, 'عربي: شراء الحليب').locator('label').evaluate((it) => getComputedStyle(it).direction)).toBe('rtl');
});

test('a title that is too long is refused with a sentence, and stays in the field', async ({ page, app }) => {
  await open(page);
  await add(page, 'x'.repeat(501));
  await expect(refusal(page)).toHaveText('That is longer than 500 characters: please shorten it.');
  await expect(field(page)).toHaveValue('x'.repeat(501));
  await expect(rows(page)).toHaveCount(0);
  await add(page, '👋'.repeat(500));
  await expect(refusal(page)).toHaveText('');
  await expectTodos(page, ['👋'.repeat(500)]);
  await saved(page);
  await expect(badge(page)).toHaveText('Live');
  expect((await app.board()).todos).toHaveLength(1);
  await expect(editor(page)).toHaveCount(0);
});

test('an address in a title is a link, and the rest of it is text', async ({ page, app }) => {
  await app.create('Read https://example.org/a?b=c&d, then <b>rest</b>');
  for (const javaScriptEnabled of [true, false]) {
    const context = await page.context().browser()!.newContext({ javaScriptEnabled });
    const reader = await context.newPage();
    await reader.goto(app.url);
    await expect(labels(reader)).toHaveText(['Read https://example.org/a?b=c&d, then <b>rest</b>']);
    const link = labels(reader).getByRole('link');
    await expect(link).toHaveAttribute('href', 'https://example.org/a?b=c&d');
    // The other page is not told where the link was, and can't reach this one.
    await expect(link).toHaveAttribute('rel', /noreferrer/);
    await context.close();
  }
  await open(page);
  await labels(page).dblclick({ position: { x: 2, y: 12 } });
  await expect(editor(page)).toHaveValue('Read https://example.org/a?b=c&d, then <b>rest</b>');
  await editor(page).fill('http://b.example');
  await page.keyboard.press('Enter');
  await expect(labels(page).getByRole('link', { name: 'http://b.example' })).toBeVisible();
});
