// Several servers on one database: browsers on different servers see the same, and one that loses its server goes on at
// another one.
import type { Page } from '@playwright/test';
import { add, badge, editor, expect, expectTodos, field, open, row, rows, saved, SCRIPT_IS_HELD, SERVER_IS_DOWN, test as base, toggle } from '../support/app.ts';
import { Cluster } from '../support/cluster.ts';
import { holdOver } from '../support/drag.ts';
import { Postgres } from '../support/postgres.ts';
import type { Server } from '../support/server.ts';

/** What nginx says while it finds no server. */
const NO_SERVER = /the server responded with a status of 502/;

/** The page waits longer and longer between tries, up to 15 s. */
const BACK_MS_MAX = 20_000;

const test = base.extend<{ cluster: Cluster }, { postgres: Postgres }>({
  postgres: [async ({}, use) => {
    const postgres = await Postgres.start();
    await use(postgres);
    await postgres.remove();
  }, { scope: 'worker' }],

  cluster: async ({ postgres }, use, testInfo) => {
    const cluster = await Cluster.start(postgres);
    await use(cluster);
    const logs = cluster.servers.map((it) => it.log());
    if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach('servers', { body: logs.join('\n\n') });
    await cluster.remove();
    expect(logs.join('\n'), 'no server may panic').not.toContain('panicked at');
  },

  // No other server is needed.
  app: async ({ cluster }, use) => {
    await use(cluster.servers[0]!);
  },
});

// One after the other, with one PostgreSQL.
test.describe.configure({ mode: 'default' });

/** The server that a page's socket is at: the one that prints what the page says. */
async function serverOf(page: Page, cluster: Cluster): Promise<Server> {
  const said = `Where am I? ${Math.random()}`;
  await page.locator('.message').fill(said);
  await page.locator('.message').press('Enter');
  const heard = () => cluster.servers.find((it) => it.console().some((line) => line.includes(said)));
  await expect.poll(() => heard() !== undefined).toBe(true);
  return heard()!;
}

test('what is done on one server is shown by all of them', async ({ cluster, page, another }) => {
  const [first, second, third] = cluster.servers.map((it) => it.url) as [string, string, string];
  await open(page, first);
  const windows = [page, await another(second), await another(third)] as const;
  const [, bob, eve] = windows;
  const everywhere = (titles: string[], done: string[] = []) => (
    Promise.all(windows.map((it) => expectTodos(it, titles, done)))
  );
  await add(page, 'one', 'two', 'three');
  await everywhere(['one', 'two', 'three']);
  await toggle(bob, 'two').check();
  await everywhere(['one', 'two', 'three'], ['two']);
  await row(eve, 'one').locator('label').dblclick();
  await editor(eve).fill('uno');
  await editor(eve).press('Enter');
  await everywhere(['uno', 'two', 'three'], ['two']);
  await holdOver(bob, row(bob, 'three'), row(bob, 'uno'), 'upper');
  await bob.mouse.up();
  await everywhere(['three', 'uno', 'two'], ['two']);
  await row(page, 'uno').hover();
  await row(page, 'uno').locator('.destroy').click();
  await everywhere(['three', 'two'], ['two']);
  await page.locator('.undo:not([hidden])').getByRole('button', { name: 'Undo' }).click();
  await everywhere(['three', 'uno', 'two'], ['two']);
});

test('a browser whose server is killed goes on at another one, and nothing is lost or there twice', async ({ cluster, page, another, complaints }) => {
  // The waits of the page alone may take half of that.
  test.setTimeout(60_000);
  complaints.allow(SERVER_IS_DOWN, NO_SERVER);
  await open(page, cluster.url);
  const bob = await another(cluster.url);
  await add(page, 'before');
  await expectTodos(bob, ['before']);
  const lost = await serverOf(page, cluster);
  // While there is another server, nothing waits; so for a moment there is none.
  const others = cluster.servers.filter((it) => it !== lost);
  await Promise.all(cluster.servers.map((it) => it.kill()));
  await expect(badge(page)).toHaveText(/^Offline/);
  await add(page, 'offline 1', 'offline 2');
  await toggle(page, 'before').check();
  await expect(badge(page)).toContainText('3 changes wait');
  await Promise.all(others.map((it) => cluster.begin(it)));
  const titles = ['before', 'offline 1', 'offline 2'];
  for (const window of [page, bob]) {
    await expect(badge(window)).toHaveText('Live', { timeout: BACK_MS_MAX });
    await expectTodos(window, titles, ['before']);
  }
  await saved(page);
  // Now one of two is killed, while somebody types.
  const second = await serverOf(page, cluster);
  await add(page, 'during 1');
  const killed = second.kill();
  await add(page, 'during 2', 'during 3');
  await killed;
  await add(page, 'after');
  titles.push('during 1', 'during 2', 'during 3', 'after');
  for (const window of [page, bob]) await expectTodos(window, titles, ['before']);
  await expect(badge(page)).toHaveText('Live', { timeout: BACK_MS_MAX });
  await saved(page, { timeout: BACK_MS_MAX });
  expect(await serverOf(page, cluster)).not.toBe(second);
  const left = others.find((it) => it !== second)!;
  expect((await left.board()).todos.map((it) => it.title)).toEqual(titles);
});

test('without JavaScript the next page may come from another server', async ({ cluster, page, browser, complaints }) => {
  complaints.allow(SCRIPT_IS_HELD);
  await open(page, cluster.servers[0]!.url);
  const context = await browser.newContext({ javaScriptEnabled: false });
  complaints.watch(context);
  const plain = await context.newPage();
  // Each request goes to the next server.
  await plain.goto(cluster.url);
  for (const title of ['one', 'two', 'three']) {
    await field(plain).fill(title);
    await field(plain).press('Enter');
    await expect(row(plain, title)).toBeVisible();
  }
  await expectTodos(page, ['one', 'two', 'three']);
  await row(plain, 'two').getByRole('button', { name: 'Complete' }).click();
  await expectTodos(page, ['one', 'two', 'three'], ['two']);
  await toggle(page, 'one').check();
  await saved(page);
  await plain.reload();
  await expectTodos(plain, ['one', 'two', 'three'], ['one', 'two']);
  await expect(rows(plain)).toHaveCount(3);
  await context.close();
});
