// The side bar: all lists, live, with what can be done with them.
import type { Page } from '@playwright/test';
import { add, badge, expect, expectTodos, open, SERVER_IS_DOWN, test, toggle } from '../support/app.ts';

const names = (page: Page) => page.locator('.lists a');
const entry = (page: Page, name: string) => page.locator('.lists li').filter({ has: page.getByRole('link', { name, exact: true }) });
const menu = (page: Page) => page.locator('.list-menu');

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
  await expect(names(page)).toHaveText(['Home']);
  await page.locator('.undo').getByRole('button', { name: 'Undo' }).click();
  await expect(names(bob)).toHaveText(['Home', 'Allotment']);
  await expect(badge(page)).toHaveText('Live', { timeout: 20_000 });
  await add(page, 'still here');
  await expect(entry(bob, 'Allotment').locator('.list-open')).toHaveText('1');
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
});
