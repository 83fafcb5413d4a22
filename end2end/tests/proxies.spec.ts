// Proxies that let no socket through or cut every socket: the page stays correct, and asks only as often as needed.
import type { Page } from '@playwright/test';
import { add, awake, badge, expect, expectTodos, notices, open, saved, SERVER_IS_DOWN, test as base, toggle } from '../support/app.ts';
import { Gateway } from '../support/gateway.ts';

/** What the page says while it follows without a socket. */
const ASKING = 'Live, asking every few seconds';

/** The page tries to open a socket again after 15 s at most. */
const BACK_MS_MAX = 20_000;

const test = base.extend<{ gateway: Gateway }>({
  gateway: async ({ app }, use) => {
    const gateway = await Gateway.to(app);
    await use(gateway);
    gateway.remove();
  },
});

test.beforeEach(({ complaints }) => complaints.allow(SERVER_IS_DOWN));

/** Replaces the random part of each wait by this fraction, so that the waits are known. */
async function withWaits(page: Page, part: number): Promise<void> {
  await page.addInitScript((part) => { Math.random = () => part; }, part);
}

test('behind a proxy without sockets the page follows by asking, and uses a socket as soon as it can', async ({ page, app, gateway, another }) => {
  const normal = await another(app.url);
  await withWaits(page, 0.2);
  gateway.upgrades = 'refuse';
  await page.goto(gateway.url);
  await awake(page);
  await expect(badge(page)).toHaveText(ASKING, { timeout: BACK_MS_MAX });
  await add(normal, 'theirs');
  await expectTodos(page, ['theirs']);
  await expect(notices(page)).toHaveText(['“theirs” was added']);
  await add(page, 'mine');
  await expectTodos(normal, ['theirs', 'mine']);
  await toggle(page, 'theirs').check();
  await saved(page);
  await expectTodos(normal, ['theirs', 'mine'], ['theirs']);
  const asked = gateway.asked;
  expect(asked).toBeGreaterThanOrEqual(3);
  await expect.poll(() => gateway.asked, { message: 'it goes on trying', timeout: BACK_MS_MAX }).toBeGreaterThan(asked);
  gateway.upgrades = 'pass';
  await expect(badge(page)).toHaveText('Live', { timeout: BACK_MS_MAX });
  await add(normal, 'one', 'two', 'three');
  const titles = ['theirs', 'mine', 'one', 'two', 'three'];
  for (const window of [page, normal]) await expectTodos(window, titles, ['theirs']);
  expect((await app.board()).head.seq).toBe(6);
});

test('the page also follows by asking if a proxy never answers an upgrade', async ({ page, app, gateway }) => {
  await page.clock.install();
  gateway.upgrades = 'hold';
  await page.goto(gateway.url);
  await awake(page);
  await expect(async () => {
    await page.clock.fastForward(5_000);
    await expect(badge(page)).toHaveText(ASKING, { timeout: 200 });
  }).toPass();
  await app.create('theirs');
  await page.clock.fastForward(4_000);
  await expectTodos(page, ['theirs']);
});

test('while the page asks, own changes are confirmed at once, and each is sent only once', async ({ page, app, gateway }) => {
  gateway.upgrades = 'refuse';
  await page.goto(gateway.url);
  await expect(badge(page)).toHaveText(ASKING, { timeout: BACK_MS_MAX });
  const posts: string[] = [];
  page.on('request', (it) => { if (it.method() === 'POST') posts.push(it.postData() ?? ''); });
  // The page would ask again in a second at the earliest.
  await page.waitForResponse(/api\/events/);
  await add(page, 'mine');
  await saved(page, { timeout: 1_500 });
  expect(posts).toHaveLength(1);
  const titles = ['mine', ...Array.from({ length: 30 }, (_, n) => `todo ${n}`)];
  await add(page, ...titles.slice(1));
  await saved(page);
  await expectTodos(page, titles);
  expect((await app.board()).head.seq).toBe(31);
  expect(posts.length, 'hardly any is sent twice').toBeLessThan(40);
});

test('a page that is far behind asks until it has everything', async ({ page, app, gateway }) => {
  gateway.upgrades = 'refuse';
  await page.goto(gateway.url);
  await expect(badge(page)).toHaveText(ASKING, { timeout: BACK_MS_MAX });
  await page.route('**/api/events?**', (route) => route.abort());
  await page.route('**/api/board?**', (route) => route.abort());
  await expect(badge(page)).toHaveText(/^Offline/);
  // Together these are more than one answer has.
  const titles = Array.from({ length: 150 }, (_, n) => `todo ${n} ${'x'.repeat(480)}`);
  for (const title of titles) await app.post('todos/create', { list: 'home', title });
  let answers = 0;
  page.on('response', (it) => { if (it.url().includes('/api/events')) answers++; });
  await page.unroute('**/api/events?**');
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expectTodos(page, titles);
  await expect(notices(page)).toHaveText(['150 changes by others']);
  expect(answers, 'one answer has a limited size').toBeGreaterThan(1);
});

test('many changes between two requests are told in one notice', async ({ page, app, gateway }) => {
  gateway.upgrades = 'refuse';
  await page.goto(gateway.url);
  await expect(badge(page)).toHaveText(ASKING, { timeout: BACK_MS_MAX });
  await page.waitForResponse(/api\/events/);
  for (const title of ['one', 'two', 'three', 'four', 'five']) await app.create(title);
  await expectTodos(page, ['one', 'two', 'three', 'four', 'five']);
  await expect(notices(page)).toHaveText(['5 changes by others']);
});

test('a page that asks also loads the board again if its cursor is not in the log any more', async ({ page, app, gateway }) => {
  gateway.upgrades = 'refuse';
  await app.create('one');
  await page.goto(gateway.url);
  await expect(badge(page)).toHaveText(ASKING, { timeout: BACK_MS_MAX });
  await page.route('**/api/events?**', (route) => route.fulfill({ json: { reset: { reason: 'unknown' } } }), { times: 1 });
  await expect(notices(page)).toHaveText([/^The server has another history of this list/]);
  await expect(badge(page)).toHaveText(ASKING);
  await app.create('two');
  await expectTodos(page, ['one', 'two']);
});

test('a page that asks also shows the effect of an event that it does not know', async ({ page, app, gateway }) => {
  gateway.upgrades = 'refuse';
  await page.goto(gateway.url);
  await expect(badge(page)).toHaveText(ASKING, { timeout: BACK_MS_MAX });
  await page.route('**/api/events?**', (route) => route.fulfill({
    json: { events: [{ list: 'home', id: '1-00000000000000ab', seq: 1, at_ms: 1, op: 'x', change: { painted: 'red' } }], head: { seq: 1, id: '1-00000000000000ab' } },
  }), { times: 1 });
  await app.create('one');
  await expectTodos(page, ['one']);
  await expect(badge(page)).toHaveText(ASKING);
});

test('while the page asks, a message is refused with a sentence, and stays in the field', async ({ page, gateway }) => {
  gateway.upgrades = 'refuse';
  await page.goto(gateway.url);
  await expect(badge(page)).toHaveText(ASKING, { timeout: BACK_MS_MAX });
  await page.locator('.message').fill('hello');
  await page.locator('.message').press('Enter');
  await expect(notices(page)).toHaveText([/^The message was not sent: it needs a socket/]);
  await expect(page.locator('.message')).toHaveValue('hello');
});

test('a page that asks shows when the server is gone, and when it is back', async ({ page, app, gateway }) => {
  gateway.upgrades = 'refuse';
  await page.goto(gateway.url);
  await expect(badge(page)).toHaveText(ASKING, { timeout: BACK_MS_MAX });
  await app.kill();
  await expect(badge(page)).toHaveText(/^Offline/);
  await add(page, 'mine');
  await expect(badge(page)).toHaveText('Offline, trying again · 1 change waits');
  await app.start('--allowed-host', new URL(gateway.url).host);
  await expect(badge(page)).toHaveText(ASKING, { timeout: BACK_MS_MAX });
  await saved(page, { timeout: BACK_MS_MAX });
  expect((await app.board()).todos.map((it) => it.title)).toEqual(['mine']);
});

test('the waits grow behind a proxy that cuts each socket after its first frame', async ({ page, gateway }) => {
  await withWaits(page, 0.999);
  gateway.upgrades = 'cut';
  await page.goto(gateway.url);
  await awake(page);
  await page.waitForTimeout(6_000);
  // After 0, 250, 750, 1750 and 3750 ms; the next one would be after 7750.
  expect(gateway.asked).toBeLessThanOrEqual(5);
  expect(gateway.asked).toBeGreaterThanOrEqual(4);
  gateway.upgrades = 'pass';
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect(badge(page)).toHaveText('Live');
});

test('a connection that lasted long is opened again at once', async ({ page, gateway }) => {
  await withWaits(page, 0.999);
  await page.clock.install();
  await open(page, gateway.url);
  for (let round = 0; round < 6; round++) {
    await page.clock.fastForward(16_000);
    gateway.cut();
    await expect(badge(page)).toHaveText(/^Offline/);
    await page.clock.fastForward(250);
    await expect(badge(page)).toHaveText('Live');
  }
});
