// Other lists than the home list, and going from page to page.
import { chromium } from '@playwright/test';
import { add, awake, badge, expect, expectTodos, filter, notices, open, rows, saved, test, toggle } from '../support/app.ts';

test('a new list has its own name, address, filters and todos', async ({ page, app }) => {
  await open(page);
  await add(page, 'at home');
  await saved(page);
  await page.getByRole('textbox', { name: 'Name of a new list' }).fill('  Garden 🌹 ');
  await page.getByRole('button', { name: 'New list' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Garden 🌹');
  await expect(page).toHaveTitle('Garden 🌹 · todoapp');
  await expect(rows(page)).toHaveCount(0);
  await awake(page);
  await add(page, 'Plant roses', 'Water them');
  await toggle(page, 'Plant roses').check();
  await filter(page, 'Active').click();
  await expect(page).toHaveURL(/\/lists\/[a-z0-9-]+\/active$/);
  await expectTodos(page, ['Water them']);
  await saved(page);
  await page.reload();
  await expectTodos(page, ['Water them']);
  await expect(page).toHaveTitle('Garden 🌹 · todoapp');
  await page.getByRole('link', { name: 'todoapp' }).click();
  await expectTodos(page, ['at home']);
  expect((await app.board()).todos).toHaveLength(1);
});

test('two people on a new list see each other, and the home list does not', async ({ page, app, another }) => {
  const path = `/lists/${await app.createList('Garden')}`;
  await open(page, path);
  const other = await another(path);
  const home = await another('/');
  await add(page, 'Plant roses');
  await expectTodos(other, ['Plant roses']);
  await expect(notices(other)).toHaveText(['“Plant roses” was added']);
  await expect(rows(home)).toHaveCount(0);
  await expect(notices(home)).toHaveCount(0);
});

test('an invisible list name is refused with a sentence', async ({ page }) => {
  await open(page);
  await page.getByRole('textbox', { name: 'Name of a new list' }).fill('   ');
  await page.getByRole('button', { name: 'New list' }).click();
  await expect(page.getByText('Write something first: the text is empty.')).toBeVisible();
  await expect(page).toHaveURL('/');
});

test('an unknown list is a 404 page, as is any other unknown address', async ({ page, complaints }) => {
  complaints.allow(/the server responded with a status of 404/);
  for (const path of ['/lists/nosuchlist', '/lists/nosuchlist/active', '/lists/UPPER', '/nosuchpage', '/active/active']) {
    expect((await page.goto(path))?.status(), path).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Not found');
    await expect(page).toHaveTitle('Not found · todoapp');
  }
});

test('Back from another list shows what happened meanwhile', async ({ page, app }) => {
  const other = await app.createList('Garden');
  for (const title of ['one', 'two', 'three']) await app.create(title);
  const [one, two] = (await app.board()).todos;
  await open(page);
  await toggle(page, 'one').check();
  await saved(page);
  await open(page, `/lists/${other}`);
  await app.post('todos/reopen', { list: 'home', id: one!.id });
  await app.post('todos/complete', { list: 'home', id: two!.id });
  await page.goBack();
  await expect(badge(page)).toHaveText('Live');
  await expectTodos(page, ['one', 'two', 'three'], ['two']);
  await page.goForward();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Garden');
  await add(page, 'Plant roses');
  await expectTodos(page, ['Plant roses']);
});

test('a control-click on a filter opens another tab, and leaves this one', async ({ page, context }) => {
  await open(page);
  await add(page, 'one');
  await saved(page);
  const opened = context.waitForEvent('page');
  await filter(page, 'Completed').click({ modifiers: ['ControlOrMeta'] });
  const tab = await opened;
  await expect(tab).toHaveURL(/\/completed$/);
  await expectTodos(page, ['one']);
  await tab.close();
});

// Playwright switches the back-forward cache off, and can't follow a page that comes out of it. People have it.
test('a page that comes out of the browser\'s back-forward cache catches up', async ({ app, complaints }, testInfo) => {
  complaints.allow(/Page entered Back-Forward Cache/);
  const browser = await chromium.launch({
    ...testInfo.project.use.launchOptions,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  const context = await browser.newContext({ baseURL: app.url });
  complaints.watch(context);
  const page = await context.newPage();
  await open(page);
  await add(page, 'one');
  await saved(page);
  await open(page, `/lists/${await app.createList('Garden')}`);
  await app.create('two');

  const tools = await context.newCDPSession(page);
  const restored = new Promise<string>((resolve) => tools.on('Page.frameNavigated', (it) => resolve(it.type)));
  await tools.send('Page.enable');
  const { currentIndex, entries } = await tools.send('Page.getNavigationHistory');
  await tools.send('Page.navigateToHistoryEntry', { entryId: entries[currentIndex - 1]!.id });
  // Chromium 150 does not keep a page that has an open socket, but loads it again; 156 keeps it.
  const kept = Number(browser.version().split('.')[0]) >= 156;
  expect(['BackForwardCacheRestore', ...(kept ? [] : ['Navigation'])]).toContain(await restored);
  const shown = async (): Promise<unknown> => (await tools.send('Runtime.evaluate', {
    expression: `Array.from(document.querySelectorAll('.connection, .todo-list label'), (it) => it.textContent.trim())`,
    returnByValue: true,
  })).result.value;
  await expect.poll(shown).toEqual(['Live', 'one', 'two']);
  await app.create('three');
  await expect.poll(shown).toEqual(['Live', 'one', 'two', 'three']);
  await browser.close();
});
