// Servers are killed and connections break: nothing acknowledged is lost, and pages catch up.
import { copyFileSync, rmSync } from 'node:fs';
import { add, badge, editor, expect, expectTodos, field, notices, open, paste, row, rows, saved, SERVER_IS_DOWN, test, toggle } from '../support/app.ts';

/** The page waits longer and longer between tries, up to 15 s. */
const BACK_MS_MAX = 20_000;

test.beforeEach(({ complaints }) => complaints.allow(SERVER_IS_DOWN));

test('the page says whether it is live', async ({ page, app }) => {
  await open(page);
  await expect(badge(page)).toHaveText('Live');
  await app.kill();
  await expect(badge(page)).toHaveText('Offline, trying again');
  await app.start();
  await expect(badge(page)).toHaveText('Live', { timeout: BACK_MS_MAX });
});

test('a server that is stopped closes the socket, and the page connects again', async ({ page, app }) => {
  await open(page);
  await app.stop();
  await expect(badge(page)).toHaveText(/^Offline/);
  expect(app.console()).toContain('Stopped');
  await app.start();
  await expect(badge(page)).toHaveText('Live', { timeout: BACK_MS_MAX });
});

test('what is done while the server is down shows at once, and takes effect once', async ({ page, app }) => {
  await open(page);
  await add(page, 'before', 'gone', 'old name');
  await saved(page);
  await app.kill();
  await expect(badge(page)).toHaveText(/^Offline/);
  await add(page, 'one', 'two');
  await toggle(page, 'before').check();
  await toggle(page, 'two').check();
  await row(page, 'gone').hover();
  await row(page, 'gone').locator('.destroy').click();
  await row(page, 'old name').locator('label').dblclick();
  await editor(page).fill('new name');
  await field(page).click();
  const done = ['before', 'two'];
  const titles = ['before', 'new name', 'one', 'two'];
  await expectTodos(page, titles, done);
  await expect(badge(page)).toHaveText('Offline, trying again · 6 changes wait');
  await expect(row(page, 'one').locator('.state')).toHaveText('Waiting for the connection');
  await app.start();
  await expect(badge(page)).toHaveText('Live', { timeout: BACK_MS_MAX });
  await saved(page, { timeout: BACK_MS_MAX });
  await expectTodos(page, titles, done);
  const { todos } = await app.board();
  expect(todos.map((it) => [it.title, it.completed])).toEqual(titles.map((it) => [it, done.includes(it)]));
  await expect(notices(page)).toHaveCount(0);
});

test('no todo is lost or made twice when the server is killed', async ({ page, app }) => {
  const titles = Array.from({ length: 40 }, (_, n) => `todo ${n}`);
  await open(page);
  await paste(page, titles.join('\n'));
  await expect(rows(page)).toHaveCount(40);
  await expect.poll(async () => (await app.board()).todos.length, { intervals: [5] }).toBeGreaterThan(3);
  await app.kill();
  await app.start();
  await expect(badge(page)).toHaveText('Live', { timeout: BACK_MS_MAX });
  await saved(page, { timeout: BACK_MS_MAX });
  await expectTodos(page, titles);
  const board = await app.board();
  expect(board.todos.map((it) => it.title)).toEqual(titles);
  expect(board.head.seq).toBe(40);
});

test('changes by others while the connection is cut are shown afterwards, with notices', async ({ page, app, wire }) => {
  await open(page, wire.url);
  await add(page, 'one', 'two');
  await saved(page);
  wire.cut();
  await expect(badge(page)).toHaveText(/^Offline/);
  const [one] = (await app.board()).todos;
  await app.post('todos/complete', { list: 'home', id: one!.id });
  await app.create('three');
  await add(page, 'mine');
  await expectTodos(page, ['one', 'two', 'mine']);
  wire.mend();
  await expect(badge(page)).toHaveText('Live', { timeout: BACK_MS_MAX });
  await expectTodos(page, ['one', 'two', 'three', 'mine'], ['one']);
  await expect(notices(page)).toHaveText(['“one” was completed', '“three” was added']);
  await saved(page, { timeout: BACK_MS_MAX });
  expect((await app.board()).todos.map((it) => it.title)).toEqual(['one', 'two', 'three', 'mine']);
});

test('many missed changes are told in one notice', async ({ page, app, wire }) => {
  await open(page, wire.url);
  wire.cut();
  await expect(badge(page)).toHaveText(/^Offline/);
  for (const title of ['one', 'two', 'three', 'four']) await app.create(title);
  wire.mend();
  await expectTodos(page, ['one', 'two', 'three', 'four']);
  await expect(notices(page)).toHaveText(['4 changes by others']);
});

test('a todo that others delete while the connection is cut, and that is ticked here, is gone with a sentence', async ({ page, app, wire, complaints }) => {
  complaints.allow(/the server responded with a status of 404/);
  const id = await app.create('one');
  await open(page, wire.url);
  wire.cut();
  await expect(badge(page)).toHaveText(/^Offline/);
  await toggle(page, 'one').check();
  await app.post('todos/delete', { list: 'home', id });
  wire.mend();
  await expect(rows(page)).toHaveCount(0, { timeout: BACK_MS_MAX });
  await expect(page.locator('.notice-error span')).toHaveText(/not|no /, { timeout: BACK_MS_MAX });
  await expect(badge(page)).toHaveText('Live');
});

test('nothing is missed when the connection breaks again and again', async ({ page, app, wire }) => {
  await open(page, wire.url);
  const titles: string[] = [];
  for (let round = 0; round < 4; round++) {
    wire.cut();
    await expect(badge(page)).toHaveText(/^Offline/);
    titles.push(`theirs ${round}`);
    await app.create(`theirs ${round}`);
    wire.mend();
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await expectTodos(page, titles);
    titles.push(`mine ${round}`);
    await add(page, `mine ${round}`);
    await saved(page);
  }
  await expectTodos(page, titles);
  expect((await app.board()).todos.map((it) => it.title)).toEqual(titles);
});

test('a silent connection is noticed, whatever a person does meanwhile', async ({ page, app, wire }) => {
  await page.clock.install();
  await open(page, wire.url);
  wire.swallow();
  await app.create('one');
  await page.clock.fastForward(25_000);
  await page.locator('.message').fill('Is anyone there?');
  await page.locator('.message').press('Enter');
  await expect(rows(page)).toHaveCount(0);
  // The server sends a heartbeat every 25 s, so after 45 s of silence the connection is dead.
  await page.clock.fastForward(20_000);
  await expectTodos(page, ['one']);
  await expect(badge(page)).toHaveText('Live');
});

test('a network that goes is noticed at once, and so is its return', async ({ page, context, complaints }) => {
  complaints.allow(SERVER_IS_DOWN);
  await open(page);
  await context.setOffline(true);
  await expect(badge(page)).toHaveText(/^Offline/);
  await add(page, 'meanwhile');
  await expect(badge(page)).toContainText('1 change waits');
  await context.setOffline(false);
  await expect(badge(page)).toHaveText('Live');
  await saved(page);
});

test('a page that was hidden for a while connects again at once', async ({ page, app, wire }) => {
  const show = (state: DocumentVisibilityState): Promise<void> => page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
  await page.clock.install();
  await open(page, wire.url);
  await show('hidden');
  wire.swallow();
  await app.create('one');
  await page.clock.fastForward(10_000);
  await show('visible');
  await expectTodos(page, ['one']);
  await expect(badge(page)).toHaveText('Live');
});

test('every open page shows a backup that is restored', async ({ page, app, another }) => {
  const old = `${app.database}.old`;
  await app.create('kept');
  await app.stop();
  copyFileSync(app.database, old);
  await app.start();
  await open(page);
  const other = await another();
  await add(page, 'lost with the backup');
  await saved(page);
  await toggle(page, 'kept').check();
  await saved(page);
  await expectTodos(other, ['kept', 'lost with the backup'], ['kept']);
  await app.stop();
  for (const suffix of ['-wal', '-shm']) rmSync(app.database + suffix, { force: true });
  copyFileSync(old, app.database);
  await app.start();
  await app.create('another history');
  // Both at the same time, because a window may try again only after seconds, and a notice does not stay for ever.
  await Promise.all([page, other].map(async (window) => {
    const told = notices(window).filter({ hasText: 'The server has another history of this list' });
    await expect(told).toHaveCount(1, { timeout: BACK_MS_MAX });
    await expect(badge(window)).toHaveText('Live', { timeout: BACK_MS_MAX });
    await expectTodos(window, ['kept', 'another history']);
  }));
  await add(other, 'new');
  await expectTodos(page, ['kept', 'another history', 'new']);
});
