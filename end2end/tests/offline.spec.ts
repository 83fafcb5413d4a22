// A page that was seen opens without a network, and is never taken for a live one.
import { add, awake, badge, confirmed, expect, expectTodos, type Page, rows, saved, SERVER_IS_DOWN, test } from '../support/app.ts';

test.use({ serviceWorkers: 'allow' });

const kept = (page: Page) => page.locator('.kept:not([hidden])');

/** The addresses that are kept in the caches whose name begins so. */
const keptIn = (page: Page, cache: string) => page.evaluate(async (cache) => {
  const names = (await caches.keys()).filter((it) => it.startsWith(`todoapp-${cache}`));
  const keys = await Promise.all(names.map(async (it) => (await caches.open(it)).keys()));
  return keys.flat().map((it) => new URL(it.url).pathname);
}, cache);

/** Opens a page, and waits until it is kept. */
async function see(page: Page, address: string, list = '/'): Promise<void> {
  await page.goto(address);
  await awake(page);
  await expect(badge(page)).toHaveText('Live');
  await expect.poll(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller))).toBe(true);
  await expect.poll(() => keptIn(page, 'pages')).toContain(list);
}

test('a page opens without a network as it was left, says so, takes changes, and catches up', async ({ page, wire, app, complaints }) => {
  complaints.allow(SERVER_IS_DOWN);
  await see(page, wire.url);
  await add(page, 'one');
  await confirmed(page);
  wire.cut();
  await page.reload();
  await awake(page);
  await expect(kept(page)).toContainText('The server can’t be reached. This is the list as of');
  await expect(badge(page)).toContainText('Offline');
  await expectTodos(page, ['one']);
  await add(page, 'two');
  await expect(badge(page)).toContainText('1 change waits');
  await app.create('meanwhile');
  // What was typed without a network is there also after another reload.
  await page.reload();
  await awake(page);
  await expectTodos(page, ['one', 'two']);
  await expect(kept(page)).toBeVisible();
  wire.mend();
  await expect(badge(page)).toHaveText('Live', { timeout: 20_000 });
  await expect(kept(page)).toHaveCount(0);
  await expectTodos(page, ['one', 'meanwhile', 'two']);
  await saved(page);
});

test('another address of the same list leads to what is kept of it, and a page never seen says that it is not kept', async ({ page, wire, app, complaints }) => {
  complaints.allow(SERVER_IS_DOWN, /503/);
  const list = await app.createList('Garden');
  await see(page, wire.url);
  wire.cut();
  await page.goto(`${wire.url}/active`);
  await awake(page);
  expect(new URL(page.url()).pathname).toBe('/');
  await expect(kept(page)).toBeVisible();
  await page.goto(`${wire.url}/lists/${list}`);
  await expect(page.getByRole('heading')).toHaveText('No connection');
  await expect(page.getByText('is not kept in this browser')).toBeVisible();
  wire.mend();
  await page.getByRole('link', { name: 'Try again' }).click();
  await expect(badge(page)).toHaveText('Live', { timeout: 20_000 });
  expect(new URL(page.url()).pathname).toBe(`/lists/${list}`);
});

test('what is kept of a list goes when the list is gone', async ({ page, wire, app, complaints }) => {
  complaints.allow(SERVER_IS_DOWN, /404|503/);
  const list = await app.createList('Garden');
  await see(page, `${wire.url}/lists/${list}`, `/lists/${list}`);
  await page.goto(wire.url);
  await app.post('lists/delete', { list });
  await page.goto(`${wire.url}/lists/${list}`);
  await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible();
  await expect.poll(() => keptIn(page, 'pages')).not.toContain(`/lists/${list}`);
  wire.cut();
  await page.goto(`${wire.url}/lists/${list}`);
  await expect(page.getByRole('heading')).toHaveText('No connection');
});

test('a form goes to the server and is never answered from what is kept', async ({ page, wire, app, complaints }) => {
  complaints.allow(SERVER_IS_DOWN);
  await see(page, wire.url);
  await page.locator('.new-todo').fill('by form');
  await Promise.all([page.waitForEvent('load'), page.locator('.new-todo-form').evaluate((it) => (it as HTMLFormElement).submit())]);
  await expectTodos(page, ['by form']);
  expect((await app.board()).todos.map((it) => it.title)).toEqual(['by form']);
  await page.locator('.new-todo').fill('lost on the way');
  wire.cut();
  const answer = page.waitForEvent('requestfailed', (it) => it.method() === 'POST');
  await page.locator('.new-todo-form').evaluate((it) => (it as HTMLFormElement).submit()).catch(() => {});
  expect((await answer).url()).toContain('/api/todos/create');
  expect((await app.board()).todos).toHaveLength(1);
});

test('each page has the files of its own version, which stay as long as a kept page needs them', async ({ page, app, wire, complaints }) => {
  complaints.allow(SERVER_IS_DOWN);
  await see(page, wire.url);
  const list = await app.createList('Old');
  const old = '/pkg/00000000000000aa/todoapp.js';
  // As an older version of the server had left it.
  await page.evaluate(async ({ list, old }) => {
    const html = `<!DOCTYPE html><html><head></head><body><p>old</p><script src="${old}"></script></body></html>`;
    const headers = { 'content-type': 'text/html', 'x-path': `/lists/${list}`, 'x-folder': '/pkg/00000000000000aa/', 'x-kept-ms': '0' };
    await (await caches.open('todoapp-pages-1')).put(`/lists/${list}`, new Response(html, { headers }));
    const script = new Response('document.body.append("its own script")', { headers: { 'content-type': 'text/javascript' } });
    await (await caches.open('todoapp-files-1')).put(old, script);
  }, { list, old });
  await page.reload();
  await expect(badge(page)).toHaveText('Live');
  wire.cut();
  await page.goto(`${wire.url}/lists/${list}`);
  await expect(page.locator('body')).toContainText('its own script');
  wire.mend();
  await page.goto(`${wire.url}/lists/${list}`);
  await expect(badge(page)).toHaveText('Live', { timeout: 20_000 });
  await expect(rows(page)).toHaveCount(0);
  await expect.poll(() => keptIn(page, 'files')).not.toContain(old);
  expect((await keptIn(page, 'files')).filter((it) => it.startsWith('/pkg/'))).toHaveLength(3);
});
