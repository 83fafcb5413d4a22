// Nothing acknowledged is lost, nothing shown did not happen: servers die, links break, pages catch up.
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

test('a server that is stopped says goodbye, and the page comes back', async ({ page, app }) => {
  await open(page);
  await app.stop();
  await expect(badge(page)).toHaveText(/^Offline/);
  expect(app.console()).toContain('Stopped');
  await app.start();
  await expect(badge(page)).toHaveText('Live', { timeout: BACK_MS_MAX });
});

test('what is done while the server is dead shows at once, and comes true once', async ({ page, app }) => {
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

test('a kill in the middle of many todos loses none and doubles none', async ({ page, app }) => {
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

test('what others change while the link is cut is caught up, with a word about it', async ({ page, app, wire }) => {
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

test('a todo that others delete while the link is cut, and that is ticked here, is gone with a sentence', async ({ page, app, wire, complaints }) => {
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

test('a link that breaks again and again misses nothing', async ({ page, app, wire }) => {
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

test('a link that has gone silent is noticed, whatever one does meanwhile', async ({ page, app, wire }) => {
  await page.clock.install();
  await open(page, wire.url);
  wire.swallow();
  await app.create('one');
  await page.clock.fastForward(25_000);
  await page.locator('.message').fill('Is anyone there?');
  await page.locator('.message').press('Enter');
  await expect(rows(page)).toHaveCount(0);
  // The server beats every 25 s, so that 45 s of silence are the end of the link.
  await page.clock.fastForward(20_000);
  await expectTodos(page, ['one']);
  await expect(badge(page)).toHaveText('Live');
});

test('a page that was out of view for a while looks at once', async ({ page, app, wire }) => {
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

test('a backup that is restored is what every open page shows', async ({ page, app, another }) => {
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
  // Both at one time: a window waits for seconds before it tries again, and its notice leaves after some.
  await Promise.all([page, other].map(async (window) => {
    const told = notices(window).filter({ hasText: 'The server has another history of this list' });
    await expect(told).toHaveCount(1, { timeout: BACK_MS_MAX });
    await expect(badge(window)).toHaveText('Live', { timeout: BACK_MS_MAX });
    await expectTodos(window, ['kept', 'another history']);
  }));
  await add(other, 'new');
  await expectTodos(page, ['kept', 'another history', 'new']);
});
