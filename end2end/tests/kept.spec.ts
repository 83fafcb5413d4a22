// What the browser stores: commands without an answer, and rejected commands. Nothing typed is lost.
import type { Page } from '@playwright/test';
import { add, badge, editor, expect, expectTodos, field, open, paste, row, rows, saved, SERVER_IS_DOWN, test, toggle } from '../support/app.ts';

const BACK_MS_MAX = 20_000;

/** What the browser has stored. */
const kept = (page: Page): Promise<string[]> => page.evaluate(() => Object.keys(localStorage));

test.beforeEach(({ complaints }) => complaints.allow(SERVER_IS_DOWN));

test('what the server has not answered yet survives a reload', async ({ page, app }) => {
  await open(page);
  await page.route('**/api/commands', (route) => route.abort());
  await add(page, 'one', 'two');
  await toggle(page, 'one').check();
  await expectTodos(page, ['one', 'two'], ['one']);
  await page.unroute('**/api/commands');
  await page.reload();
  await expectTodos(page, ['one', 'two'], ['one']);
  await saved(page, { timeout: BACK_MS_MAX });
  expect((await app.board()).todos.map((it) => it.title)).toEqual(['one', 'two']);
  await expect.poll(() => kept(page)).toEqual([]);
});

test('commands made while the server was down survive when the page is closed', async ({ page, app, context }) => {
  await open(page);
  await add(page, 'before');
  await saved(page);
  await app.kill();
  await expect(badge(page)).toHaveText(/^Offline/);
  await add(page, 'one', 'two');
  await toggle(page, 'before').check();
  await page.close();
  await app.start();
  const next = await context.newPage();
  await open(next);
  await expectTodos(next, ['before', 'one', 'two'], ['before']);
  await saved(next);
  expect((await app.board()).todos.map((it) => it.title)).toEqual(['before', 'one', 'two']);
  expect((await app.board()).head.seq).toBe(4);
});

test('a command made after the clock went back is sent after those that wait', async ({ page, app }) => {
  const now = Date.now();
  await page.clock.setFixedTime(now);
  await open(page);
  await page.route('**/api/commands', (route) => route.abort());
  await add(page, 'one', 'two');
  await page.clock.setFixedTime(now - 3_600_000);
  await page.reload();
  await expectTodos(page, ['one', 'two']);
  await add(page, 'three');
  await expectTodos(page, ['one', 'two', 'three']);
  await page.unroute('**/api/commands');
  await saved(page, { timeout: BACK_MS_MAX });
  expect((await app.board()).todos.map((it) => it.title)).toEqual(['one', 'two', 'three']);
});

test('a rejected title can be copied even if the page has no clipboard', async ({ page, app }) => {
  // As on a page that came over plain http from another machine.
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  const id = await app.create('one');
  await open(page);
  await row(page, 'one').locator('label').dblclick();
  await editor(page).fill('one  with   much thought');
  await page.route('**/api/commands', async (route) => {
    await app.post('todos/delete', { list: 'home', id });
    await route.continue();
  });
  await page.keyboard.press('Enter');
  const copy = page.locator('.rejected-command').getByRole('button', { name: 'Copy' });
  await copy.click();
  await expect(copy).toBeFocused();
  await field(page).click();
  await page.keyboard.press('Control+V');
  await expect(field(page)).toHaveValue('one  with   much thought');
  await expect(page.locator('.notice-error')).toHaveCount(0);
  await expect(page.locator('textarea')).toHaveCount(0);
  await page.evaluate(() => { document.execCommand = () => false; });
  await copy.click();
  await expect(page.locator('.notice-error span')).toHaveText(/^The browser does not let this page copy/);
});

test('leaving the page in the middle of a long paste loses nothing', async ({ page, app }) => {
  const titles = Array.from({ length: 50 }, (_, n) => `todo ${n}`);
  const list = await app.createList('Garden');
  await open(page);
  await paste(page, titles.join('\n'));
  await expect(rows(page)).toHaveCount(50);
  await page.goto(`/lists/${list}`);
  await expect.poll(async () => (await app.board()).todos.map((it) => it.title)).toEqual(titles);
  expect((await app.board()).head.seq).toBe(50);
  expect((await app.board(list)).todos).toEqual([]);
});

test('an hour of work without a network is sent in a few requests, in order', async ({ page, app }) => {
  const lines = (from: number): string[] => Array.from({ length: 100 }, (_, n) => `todo ${from + n}`);
  await open(page);
  await page.route('**/api/commands', (route) => route.abort());
  await paste(page, lines(0).join('\n'));
  await paste(page, lines(100).join('\n'));
  await toggle(page, 'todo 7').check();
  await expect(rows(page)).toHaveCount(200);
  const requests: number[] = [];
  page.on('response', (it) => { if (it.url().endsWith('/api/commands')) requests.push(it.request().postDataJSON().commands.length); });
  await page.unroute('**/api/commands');
  await saved(page, { timeout: BACK_MS_MAX });
  expect(requests).toEqual([100, 100, 1]);
  expect((await app.board()).todos.map((it) => it.title)).toEqual([...lines(0), ...lines(100)]);
  expect((await app.board()).head.seq).toBe(201);
});

test('if something on the way refuses long requests, each command is sent on its own', async ({ page, app, complaints }) => {
  complaints.allow(/the server responded with a status of 413/);
  await open(page);
  const sizes: number[] = [];
  await page.route('**/api/commands', async (route) => {
    const size = route.request().postDataJSON().commands.length;
    sizes.push(size);
    await (size > 1 ? route.fulfill({ status: 413, json: { code: 'too_large', message: 'Too large.' } }) : route.continue());
  });
  await paste(page, 'one\ntwo\nthree');
  await saved(page);
  expect((await app.board()).todos.map((it) => it.title)).toEqual(['one', 'two', 'three']);
  expect(sizes.filter((it) => it === 1).length).toBeGreaterThan(1);
});

test('two tabs of one browser show each other\'s commands, and each takes effect once', async ({ page, app, context }) => {
  const tab = await context.newPage();
  await open(page);
  await open(tab);
  await app.kill();
  for (const each of [page, tab]) await expect(badge(each)).toHaveText(/^Offline/);
  await add(page, 'one');
  await expectTodos(tab, ['one']);
  await add(tab, 'two');
  await expectTodos(page, ['one', 'two']);
  await app.start();
  for (const each of [page, tab]) {
    await expect(badge(each)).toHaveText('Live', { timeout: BACK_MS_MAX });
    await saved(each, { timeout: BACK_MS_MAX });
    await expect(rows(each)).toHaveCount(2);
  }
  const { head, todos } = await app.board();
  expect(todos.map((it) => it.title).sort()).toEqual(['one', 'two']);
  expect(head.seq).toBe(2);
});

test('a new title for a todo that is gone is rejected, and its text can be added as a new todo or discarded', async ({ page, app, wire, complaints }) => {
  complaints.allow(/the server responded with a status of 404/);
  const ids = [await app.create('one'), await app.create('two')];
  await open(page, wire.url);
  wire.cut();
  await expect(badge(page)).toHaveText(/^Offline/);
  for (const title of ['one', 'two']) {
    await row(page, title).locator('label').dblclick();
    await editor(page).fill(`${title} with much thought`);
    await page.keyboard.press('Enter');
  }
  for (const id of ids) await app.post('todos/delete', { list: 'home', id });
  wire.mend();
  const rejected = page.locator('.rejected-command');
  await expect(rejected).toHaveText([/one with much thought was not saved/, /two with much thought was not saved/], { timeout: BACK_MS_MAX });
  await page.reload();
  await expect(rejected).toHaveCount(2);
  await rejected.first().getByRole('button', { name: 'Add it as a new todo' }).click();
  await expectTodos(page, ['one with much thought']);
  await rejected.getByRole('button', { name: 'Discard' }).click();
  await expect(rejected).toHaveCount(0);
  await saved(page);
  await page.reload();
  await expectTodos(page, ['one with much thought']);
  await expect(rejected).toHaveCount(0);
});
