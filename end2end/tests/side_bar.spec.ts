// The side bar: all lists, live, with what can be done with them.
import type { Page } from '@playwright/test';
import { add, badge, expect, expectTodos, notices, open, SERVER_IS_DOWN, test, toggle } from '../support/app.ts';

const names = (page: Page) => page.locator('.lists a');
const entry = (page: Page, name: string) => page.locator('.lists li').filter({ has: page.getByRole('link', { name, exact: true }) });
const undo = (page: Page) => page.locator('.undo');
const menu = (page: Page) => page.locator('.list-menu');

const BACK_MS_MAX = 20_000;

async function deleteList(page: Page): Promise<void> {
  await menu(page).locator('summary').click();
  await menu(page).getByRole('button', { name: 'Delete this list' }).click();
}

async function newList(page: Page, name: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Name of a new list' }).fill(name);
  await page.getByRole('button', { name: 'New list' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  await expect(badge(page)).toHaveText('Live');
}

test('a new list is in the side bar of every window, with what is left in it', async ({ page, another }) => {
  await open(page);
  const bob = await another();
  await newList(page, 'Garden');
  await expect(names(page)).toHaveText(['Home', 'Garden']);
  await expect(page.locator('.lists [aria-current=page]')).toHaveText('Garden');
  await expect(names(bob)).toHaveText(['Home', 'Garden']);
  await add(page, 'Water', 'Weed');
  await expect(entry(bob, 'Garden').locator('.list-open')).toHaveText('2');
  await toggle(page, 'Weed').check();
  await expect(entry(bob, 'Garden').locator('.list-open')).toHaveText('1');
  await names(bob).getByText('Garden').click();
  await expectTodos(bob, ['Water', 'Weed'], ['Weed']);
  await bob.goBack();
  await expect(bob.getByRole('heading', { level: 1 })).toHaveText('todos');
});

test('a list is renamed, moved and deleted, everyone sees it, and each can be taken back', async ({ page, another }) => {
  await open(page);
  await newList(page, 'Garden');
  const bob = await another();
  await menu(page).locator('summary').click();
  await menu(page).getByRole('textbox').fill('Allotment');
  await menu(page).getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Allotment');
  await expect(page).toHaveTitle('Allotment · todoapp');
  await expect(names(bob)).toHaveText(['Home', 'Allotment']);
  await menu(page).getByRole('button', { name: 'Move up' }).click();
  await expect(names(bob)).toHaveText(['Allotment', 'Home']);
  await page.locator('.undo').getByRole('button', { name: 'Undo' }).click();
  await expect(names(bob)).toHaveText(['Home', 'Allotment']);
  await menu(page).getByRole('button', { name: 'Delete this list' }).click();
  await expect(names(bob)).toHaveText(['Home']);
  await expect(page).toHaveURL('/');
  await expect(names(page)).toHaveText(['Home']);
  await page.locator('.undo').getByRole('button', { name: 'Undo' }).click();
  for (const each of [page, bob]) await expect(names(each)).toHaveText(['Home', 'Allotment']);
  await names(page).getByText('Allotment').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Allotment');
  await add(page, 'still here');
  await expect(entry(bob, 'Allotment').locator('.list-open')).toHaveText('1');
});

test('who deletes a list lands on the home list and can take it back, and only others are told', async ({ page, another, context, app }) => {
  const path = `/lists/${await app.createList('Garden')}`;
  await open(page, '/active');
  await open(page, path);
  const [bob, tab] = [await another(path), await context.newPage()];
  await open(tab, path);
  await deleteList(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('todos');
  await expect(undo(page)).toContainText('The list was deleted');
  await expect(page).toHaveURL('/');
  await expect(badge(page)).toHaveText('Live');
  await expect(page.locator('.notice')).toHaveCount(0);
  for (const each of [bob, tab]) {
    await expect(notices(each)).toHaveText(['This list is not there any more.']);
    expect(new URL(each.url()).pathname).toBe(path);
    await expect(undo(each)).toBeHidden();
  }
  await page.keyboard.press('Control+z');
  await expect(names(page)).toHaveText(['Home', 'Garden']);
  for (const each of [bob, tab]) await expect(badge(each)).toHaveText('Live', { timeout: BACK_MS_MAX });
  await page.goBack();
  await expect(page).toHaveURL('/active');
});

test('a list that is deleted without a network goes when there is one, and so does the person', async ({ page, another, wire, complaints, app }) => {
  // What the page asks for, when there is no socket yet.
  complaints.allow(/the server responded with a status of 404/);
  complaints.allow(SERVER_IS_DOWN);
  const path = `/lists/${await app.createList('Garden')}`;
  await open(page, wire.url + path);
  const bob = await another();
  wire.cut();
  await expect(badge(page)).toHaveText(/^Offline/);
  await deleteList(page);
  await expect(undo(page)).toContainText('The list will be deleted as soon as there is a connection');
  await expect(names(page)).toHaveText(['Home']);
  await expect(names(bob)).toHaveText(['Home', 'Garden']);
  wire.mend();
  await expect(names(bob)).toHaveText(['Home'], { timeout: BACK_MS_MAX });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('todos', { timeout: BACK_MS_MAX });
  await expect(page.locator('.notice')).toHaveCount(0);
  await undo(page).getByRole('button', { name: 'Undo' }).click();
  await expect(names(bob)).toHaveText(['Home', 'Garden']);
});

test('a list that is deleted without a network and taken back stays, and so does the person', async ({ page, another, wire, complaints, app }) => {
  complaints.allow(SERVER_IS_DOWN);
  const path = `/lists/${await app.createList('Garden')}`;
  await open(page, wire.url + path);
  const bob = await another(path);
  wire.cut();
  await expect(badge(page)).toHaveText(/^Offline/);
  await deleteList(page);
  await undo(page).getByRole('button', { name: 'Undo' }).click();
  wire.mend();
  await expect(badge(page)).toHaveText('Live', { timeout: BACK_MS_MAX });
  await add(page, 'Water');
  await expectTodos(bob, ['Water']);
  await expect(names(page)).toHaveText(['Home', 'Garden']);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Garden');
  await expect(page.locator('.notice')).toHaveCount(0);
});

test('a new name that is refused is told at its field, until it is mended', async ({ page, app }) => {
  await open(page, `/lists/${await app.createList('Garden')}`);
  await menu(page).locator('summary').click();
  const name = menu(page).getByRole('textbox', { name: 'Name of this list' });
  await expect(name).not.toHaveAttribute('aria-invalid');
  await name.fill('tab\there');
  await menu(page).getByRole('button', { name: 'Rename' }).click();
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await expect(name).toHaveAccessibleDescription('The text has a line break or a control character in it: please remove it.');
  await expect(page.locator('.notice')).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Garden');
  await name.fill('   ');
  await expect(name).toHaveAccessibleDescription('Write something first: the text is empty.');
  await name.fill('Allotment');
  await expect(name).not.toHaveAttribute('aria-invalid');
  await expect(name).toHaveAccessibleDescription('');
  await name.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Allotment');
});

test('what happened to the lists while the network was cut is caught up with', async ({ page, another, wire, complaints, app }) => {
  complaints.allow(SERVER_IS_DOWN);
  await open(page, wire.url);
  const bob = await another();
  wire.cut();
  await expect(badge(page)).toHaveText(/^Offline/);
  await newList(bob, 'Garden');
  await add(bob, 'Water');
  wire.mend();
  await expect(badge(page)).toHaveText('Live', { timeout: 20_000 });
  await expect(names(page)).toHaveText(['Home', 'Garden']);
  await expect(entry(page, 'Garden').locator('.list-open')).toHaveText('1');
  expect(app.console().length).toBeGreaterThan(0);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a list is made, renamed, moved and deleted', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('textbox', { name: 'Name of a new list' }).fill('Garden');
    await page.getByRole('button', { name: 'New list' }).click();
    await expect(names(page)).toHaveText(['Home', 'Garden']);
    await menu(page).locator('summary').click();
    await menu(page).getByRole('textbox').fill('Allotment');
    await menu(page).getByRole('button', { name: 'Rename' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Allotment');
    await menu(page).locator('summary').click();
    await menu(page).getByRole('button', { name: 'Move up' }).click();
    await expect(names(page)).toHaveText(['Allotment', 'Home']);
    await menu(page).locator('summary').click();
    await menu(page).getByRole('button', { name: 'Delete this list' }).click();
    await expect(names(page)).toHaveText(['Home']);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('todos');
    await expect(undo(page)).toContainText('The list was deleted');
    await undo(page).getByRole('button', { name: 'Undo' }).click();
    await expect(names(page)).toHaveText(['Allotment', 'Home']);
    await expect(undo(page)).toBeHidden();
  });

  test('a new name that is refused is back in the open menu with the reason', async ({ page, app }) => {
    await page.goto(`/lists/${await app.createList('Garden')}`);
    await menu(page).locator('summary').click();
    const name = menu(page).getByRole('textbox', { name: 'Name of this list' });
    await name.fill('tab\there');
    await menu(page).getByRole('button', { name: 'Rename' }).click();
    await expect(name).toBeVisible();
    await expect(name).toHaveValue('tab\there');
    await expect(name).toHaveAttribute('aria-invalid', 'true');
    await expect(name).toHaveAccessibleDescription('The text has a line break or a control character in it: please remove it.');
    await expect(page.getByText('please remove it.')).toHaveCount(1);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Garden');
    await name.fill('Allotment');
    await name.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Allotment');
    await expect(name).toBeHidden();
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('the lists are a drawer', async ({ page }) => {
    await open(page);
    await expect(names(page).first()).toBeHidden();
    await page.getByRole('link', { name: 'Lists', exact: true }).tap();
    await expect(names(page)).toHaveText(['Home']);
    await expect(names(page).first()).toBeVisible();
    await page.getByRole('link', { name: 'Close the lists' }).tap();
    await expect(names(page).first()).toBeHidden();
  });

  test('without JavaScript the drawer is open where a name was refused', async ({ browser, app }) => {
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 }, baseURL: app.url });
    const page = await context.newPage();
    await page.goto(`/lists/${await app.createList('Garden')}#lists`);
    await menu(page).locator('summary').click();
    await menu(page).getByRole('textbox').fill('tab\there');
    await menu(page).getByRole('button', { name: 'Rename' }).click();
    await expect(menu(page).getByRole('textbox')).toHaveValue('tab\there');
    await expect(page.getByText('please remove it.')).toBeInViewport();
    await context.close();
  });
});
