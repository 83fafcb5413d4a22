// The pages of the past beside their lists of changes: the side bar, deleted lists, and who changed what. Each
// works in the same way with and without JavaScript.
import type { Page } from '@playwright/test';
import { add, expect, expectTodos, type Locator, open, row, saved, SCRIPT_IS_HELD, SERVER_IS_DOWN, test, toggle } from '../support/app.ts';

const names = (page: Page): Locator => page.locator('.lists a');
const sentences = (page: Page): Locator => page.locator('.history-list > li p:first-child');
const deletedLists = (page: Page): Locator => page.locator('.deleted-lists > li');
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
const heading = (page: Page): Locator => page.getByRole('heading', { level: 1 });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });
    test.beforeEach(({ complaints }) => complaints.allow(SCRIPT_IS_HELD));

    test('from the history every list is one click away, and lists are made and changed there', async ({ page, app }) => {
      const garden = await app.createList('Garden');
      await app.create('Water', garden);
      await page.goto('/history');
      await expect(names(page)).toHaveText(['Home', 'Garden']);
      await expect(page.locator('.lists [aria-current]')).toHaveText('Home');
      await expect(page.locator('.list-open:not([hidden])')).toHaveText('1');
      await names(page).getByText('Garden').click();
      await expect(heading(page)).toHaveText('Garden');
      await page.getByRole('link', { name: 'Trash' }).click();
      await expect(page.locator('.lists [aria-current]')).toHaveText('Garden');
      await page.getByText('Change this list').click();
      await page.getByRole('textbox', { name: 'Name of this list' }).fill('Allotment');
      await button(page, 'Rename').click();
      await expect(page.getByRole('link', { name: 'Back to Allotment' })).toBeVisible();
      await expect(page).toHaveURL(`/lists/${garden}/trash`);
      await page.getByText('Change this list').click();
      await button(page, 'Move up').click();
      await expect(names(page)).toHaveText(['Allotment', 'Home']);

      const name = page.getByRole('textbox', { name: 'Name of a new list' });
      await name.fill('tab\there');
      await button(page, 'New list').click();
      await expect(page.locator('.side-bar').getByRole('alert')).toHaveText('The text has a line break or a control character in it: please remove it.');
      await expect(name).toHaveValue('tab\there');
      await expect(heading(page)).toHaveText('Trash');
      await name.fill('Shed');
      await button(page, 'New list').click();
      await expect(heading(page)).toHaveText('Shed');
      await page.goto(`/lists/${garden}/history`);
      await page.getByText('Change this list').click();
      await button(page, 'Delete this list').click();
      await expect(page).toHaveURL(javaScriptEnabled ? '/' : `/?deleted=${garden}`);
      await expect(page.getByRole('region', { name: 'Notices' })).toContainText('The list was deleted');
      await expect(names(page)).toHaveText(['Home', 'Shed']);
    });

    test('a deleted list comes back from the trash, and every window has it again', async ({ page, app, another }) => {
      const garden = await app.createList('Garden');
      for (const title of ['Water', 'Weed']) await app.create(title, garden);
      const other = await another('/', { javaScriptEnabled: true });
      await app.post('lists/delete', { list: garden });
      await expect(names(other)).toHaveText(['Home']);
      await page.goto('/trash');
      await expect(page.getByRole('heading', { level: 2 })).toHaveText('Deleted lists');
      await expect(deletedLists(page).locator('p').first()).toHaveText('Garden');
      await expect(deletedLists(page).locator('.past-when')).toHaveText(/^2 todos, deleted /);
      await button(page, 'Restore the list Garden').click();
      await expect(page).toHaveURL(`/lists/${garden}`);
      await expectTodos(page, ['Water', 'Weed']);
      await expect(names(other)).toHaveText(['Home', 'Garden']);
      await expect(other.locator('.list-open:not([hidden])')).toHaveText('2');
      await page.goto('/trash');
      await expect(deletedLists(page)).toHaveCount(0);
    });

    test('the address of a deleted list says so, and gives it back', async ({ page, app, complaints }) => {
      complaints.allow(/the server responded with a status of 404/);
      const garden = await app.createList('Garden');
      await app.create('Water', garden);
      await app.post('lists/delete', { list: garden });
      expect((await page.goto(`/lists/${garden}/active`))?.status()).toBe(404);
      await expect(heading(page)).toHaveText('Not found');
      await expect(page).toHaveTitle('Not found · todoapp');
      await expect(page.locator('main')).toContainText('The list “Garden” was deleted');
      await button(page, 'Restore the list Garden').click();
      await expectTodos(page, ['Water']);
      await expect(page).toHaveURL(`/lists/${garden}/active`);
      expect((await page.goto('/lists/nosuchlist'))?.status()).toBe(404);
      await page.getByRole('link', { name: 'To the trash' }).click();
      await expect(heading(page)).toHaveText('Trash');
    });

    test('a person with a name is named in the history, until the name is taken away', async ({ page, app, another }) => {
      await page.goto('/history');
      const name = page.getByLabel('Your name');
      await name.fill('Ada');
      await button(page, 'Save').click();
      await expect(page).toHaveURL('/history');
      await expect(name).toHaveValue('Ada');
      await page.goto('/');
      await page.locator('.new-todo').fill('milk');
      await page.keyboard.press('Enter');
      await expect(row(page, 'milk')).toBeVisible();
      await expect.poll(async () => (await app.board()).todos.length).toBe(1);
      await app.create('bread');
      const other = await another('/', { javaScriptEnabled: true });
      await toggle(other, 'milk').check();
      await saved(other);
      await page.goto('/history');
      await expect(sentences(page)).toHaveText(['“milk” was completed', '“bread” was added', 'Ada added “milk”']);
      await button(page, 'Undo: “milk” was completed').click();
      await expect(sentences(page).first()).toHaveText('Ada undid: “milk” was completed');
      await name.fill('');
      await button(page, 'Save').click();
      await expect(name).toHaveValue('');
      await button(page, 'Undo: Ada undid: “milk” was completed').click();
      await expect(sentences(page).first()).toHaveText('Undone: “milk” was reopened');
      await expect(sentences(page).last()).toHaveText('Ada added “milk”');
      await other.goto('/history');
      await expect(other.getByLabel('Your name')).toHaveValue('');
    });

    test.describe('on a phone', () => {
      test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

      test('the lists are a drawer beside the trash, too', async ({ page, app }) => {
        await app.createList('Garden');
        for (const path of ['/trash', '/history?before=5']) {
          await page.goto(path);
          await expect(names(page).first()).toBeHidden();
          await page.getByRole('link', { name: 'Lists', exact: true }).tap();
          await expect(names(page).first()).toBeVisible();
          await page.getByRole('link', { name: 'Close the lists' }).tap();
          await expect(names(page).first()).toBeHidden();
          await page.getByRole('link', { name: 'Lists', exact: true }).tap();
          await names(page).getByText('Garden').tap();
          await expect(heading(page)).toHaveText('Garden');
        }
      });
    });
  });
}

test('what was done offline is sent with the name that the browser has then', async ({ page, context, app, complaints }) => {
  complaints.allow(SERVER_IS_DOWN);
  await open(page);
  await add(page, 'one');
  await saved(page);
  await page.route('**/api/commands', (route) => route.abort());
  await toggle(page, 'one').check();
  await expect(page.locator('.todo-list .state').filter({ hasText: /\S/ })).toHaveCount(1);
  await page.goto('/history');
  await page.getByLabel('Your name').fill('عمر');
  await button(page, 'Save').click();
  await expect(page.getByLabel('Your name')).toHaveValue('عمر');
  const cookies = await context.cookies(app.url);
  expect(cookies.map((it) => [it.name, it.httpOnly, it.sameSite, it.path])).toEqual([['todoapp-name', true, 'Lax', '/']]);
  await page.unroute('**/api/commands');
  await open(page);
  await saved(page, { timeout: 20_000 });
  await page.goto('/history');
  await expect(sentences(page)).toHaveText(['عمر completed “one”', '“one” was added']);
  await expect(page.locator('.actor')).toHaveText('عمر');
});
