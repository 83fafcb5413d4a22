// Every action can be taken back: by the button that is offered, and by Ctrl+Z, several steps, for everyone.
import type { Page } from '@playwright/test';
import { add, badge, expect, expectTodos, field, notices, open, paste, row, rows, saved, SERVER_IS_DOWN, test, toggle } from '../support/app.ts';

const offer = (page: Page) => page.locator('.undo:not([hidden])');
const undo = (page: Page) => offer(page).getByRole('button', { name: 'Undo' });

test('a deleted todo comes back to its place, in every window', async ({ page, another, app }) => {
  await open(page);
  await add(page, 'one', 'two', 'three');
  const bob = await another();
  await toggle(page, 'two').check();
  await row(page, 'two').hover();
  await row(page, 'two').locator('.destroy').click();
  await expectTodos(page, ['one', 'three']);
  await expectTodos(bob, ['one', 'three']);
  await expect(offer(page)).toContainText('“two” was deleted');
  await undo(page).click();
  await expectTodos(page, ['one', 'two', 'three'], ['two']);
  await expectTodos(bob, ['one', 'two', 'three'], ['two']);
  await saved(page);
  expect((await app.board()).todos.map((it) => it.title)).toEqual(['one', 'two', 'three']);
});

test('Ctrl+Z takes back one action after the other, and Ctrl+Shift+Z does them again', async ({ page, another }) => {
  await open(page);
  await add(page, 'one', 'two');
  const bob = await another();
  await toggle(page, 'one').check();
  await page.getByLabel('Mark all as complete').first().check();
  await page.getByRole('button', { name: 'Clear completed' }).click();
  await expectTodos(page, []);
  await page.keyboard.press('Control+z');
  await expectTodos(page, ['one', 'two'], ['one', 'two']);
  await page.keyboard.press('Control+z');
  await expectTodos(page, ['one', 'two'], ['one']);
  await page.keyboard.press('Control+z');
  await expectTodos(page, ['one', 'two']);
  await page.keyboard.press('Control+z');
  await expectTodos(page, ['one']);
  await expectTodos(bob, ['one']);
  await page.keyboard.press('Control+Shift+z');
  await page.keyboard.press('Control+y');
  await expectTodos(page, ['one', 'two'], ['one']);
  await expectTodos(bob, ['one', 'two'], ['one']);
});

test('in a field with text, Ctrl+Z is about the text', async ({ page }) => {
  await open(page);
  await add(page, 'one');
  await field(page).pressSequentially('half');
  await page.keyboard.press('Control+z');
  await expectTodos(page, ['one']);
  await field(page).fill('');
  await page.keyboard.press('Control+z');
  await expectTodos(page, []);
});

test('what someone else has changed since is not taken back, and says so', async ({ page, another }) => {
  await open(page);
  await add(page, 'one');
  await toggle(page, 'one').check();
  await saved(page);
  const bob = await another();
  await row(bob, 'one').locator('label').dblclick();
  await bob.keyboard.type(' more');
  await bob.keyboard.press('Enter');
  await expectTodos(page, ['one more'], ['one more']);
  await page.keyboard.press('Control+z');
  await expect(notices(page).last()).toHaveText("That can't be undone: it was changed since.");
  await expectTodos(page, ['one more'], ['one more']);
  await expectTodos(bob, ['one more'], ['one more']);
});

test('a paste of several lines is one action, without the marks of a list', async ({ page, app }) => {
  await open(page);
  await add(page, 'before');
  await saved(page);
  const requests: string[] = [];
  page.on('request', (it) => requests.push(it.url()));
  await paste(page, '- Buy milk\n2. Buy bread\n- [ ] Call Anna\n- [x] Pay the rent');
  await expectTodos(page, ['before', 'Buy milk', 'Buy bread', 'Call Anna', 'Pay the rent'], ['Pay the rent']);
  await saved(page);
  expect(requests.filter((it) => it.endsWith('/api/commands'))).toHaveLength(1);
  await expect(offer(page)).toContainText('4 todos were added');
  await undo(page).click();
  await expectTodos(page, ['before']);
  await expect.poll(async () => (await app.board()).todos.length).toBe(1);
});

test('without a network, what was not sent yet is taken back as if it had never been', async ({ page, app, context, wire, complaints }) => {
  complaints.allow(SERVER_IS_DOWN);
  await open(page, wire.url);
  await add(page, 'one');
  await saved(page);
  const before = (await app.board()).head.seq;
  await wire.cut();
  await context.setOffline(true);
  await expect(badge(page)).toHaveText(/^Offline/);
  await add(page, 'two');
  await toggle(page, 'one').check();
  await expectTodos(page, ['one', 'two'], ['one']);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expectTodos(page, ['one']);
  expect(await page.evaluate(() => Object.keys(localStorage).filter((it) => it.startsWith('todoapp/wish/')))).toEqual([]);
  await page.keyboard.press('Control+Shift+z');
  await expectTodos(page, ['one', 'two']);
  await page.keyboard.press('Control+z');
  await context.setOffline(false);
  await wire.mend();
  await expect(badge(page)).toHaveText('Live', { timeout: 20_000 });
  expect((await app.board()).head.seq).toBe(before);
});

test('what was sent without an answer is taken back once the server can be reached', async ({ page, app, complaints }) => {
  complaints.allow(SERVER_IS_DOWN);
  await open(page);
  await add(page, 'one');
  await saved(page);
  await page.route('**/api/commands', (route) => route.abort());
  await toggle(page, 'one').check();
  await expectTodos(page, ['one'], ['one']);
  await page.keyboard.press('Control+z');
  await expectTodos(page, ['one']);
  await page.unroute('**/api/commands');
  await saved(page, { timeout: 20_000 });
  await expect.poll(async () => (await app.board()).todos.map((it) => it.completed)).toEqual([false]);
});

test('taking back what is too long to be sent as one change works in every window', async ({ page, another, app }) => {
  // More than 512 KiB of titles: both windows load the list anew instead of getting the event.
  await app.createMany(270, 'home', (n) => `${n} ${'𝕏'.repeat(490)}`);
  await open(page);
  const bob = await another();
  await page.getByLabel('Mark all as complete').first().check();
  await page.getByRole('button', { name: 'Clear completed' }).click();
  await expect(rows(page)).toHaveCount(0);
  await expect(rows(bob)).toHaveCount(0);
  await undo(page).click();
  await expect(rows(page)).toHaveCount(270);
  await expect(rows(bob)).toHaveCount(270);
  for (const window of [page, bob]) await expect(badge(window)).toHaveText('Live');
  await add(page, 'last');
  await expect(row(bob, 'last')).toBeVisible();
  await saved(page);
  await page.keyboard.press('Control+z');
  await expect(rows(bob)).toHaveCount(270);
});

test('the offer does not leave while the pointer is on it', async ({ page }) => {
  await page.clock.install();
  await open(page);
  await add(page, 'one');
  await offer(page).hover();
  await page.clock.fastForward(20_000);
  await expect(undo(page)).toBeVisible();
  await page.mouse.move(5, 5);
  await page.clock.fastForward(10_000);
  await expect(offer(page)).toHaveCount(0);
});
