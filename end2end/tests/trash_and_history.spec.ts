// The pages of a list's past: plain forms that every open list follows, with times in the reader's own words.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { add, expect, expectTodos, type Locator, open, row, saved, test, toggle } from '../support/app.ts';

const entries = (page: Page): Locator => page.locator('.past-list > li');
const sentences = (page: Page): Locator => page.locator('.past-list > li p:first-child');
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join('\n')}`)).toEqual([]);
}

test('what is deleted in one window is restored without JavaScript in another, and the first shows it', async ({ page, browser, app }) => {
  await open(page);
  await add(page, 'one', 'two', 'three');
  await saved(page);
  await row(page, 'two').hover();
  await row(page, 'two').locator('.destroy').click();
  await expectTodos(page, ['one', 'three']);
  await saved(page);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto(app.url);
  await plain.getByRole('link', { name: 'Trash' }).click();
  await expect(sentences(plain)).toHaveText(['two']);
  await expect(entries(plain).locator('time')).toHaveText(/ UTC$/);
  await button(plain, 'Restore two').click();
  await expect(plain).toHaveURL(`${app.url}/trash`);
  await expect(entries(plain)).toHaveCount(0);
  await expectTodos(page, ['one', 'two', 'three']);
  await plain.getByRole('link', { name: 'Back to Home' }).click();
  await expectTodos(plain, ['one', 'two', 'three']);
  await context.close();
});

test('a change is undone from the history, and open lists show it', async ({ page, another, app }) => {
  const list = await app.createList('Garden');
  await open(page, `/lists/${list}`);
  await add(page, 'one', 'two');
  await toggle(page, 'one').check();
  await saved(page);
  const history = await another(`/lists/${list}`);
  await history.getByRole('link', { name: 'History' }).click();
  await expect(sentences(history)).toHaveText(['“one” was completed', '“two” was added', '“one” was added', 'The list was named “Garden”']);
  await expect(entries(history).getByRole('button')).toHaveCount(2);
  await button(history, 'Undo: “one” was completed').click();
  await expect(sentences(history).first()).toHaveText('Undone: “one” was completed');
  await expectTodos(page, ['one', 'two']);
  await button(history, 'Undo: “two” was added').click();
  await expectTodos(page, ['one']);
  await expect(history).toHaveURL(`/lists/${list}/history`);
});

test('an undo that comes too late is refused with a sentence', async ({ page, app }) => {
  await app.create('one');
  await page.goto('/history');
  const { todos } = await app.board();
  await app.post('todos/rename', { list: 'home', id: todos[0]!.id, title: 'uno' });
  await button(page, 'Undo: “one” was added').click();
  await expect(page.locator('main').getByRole('alert')).toHaveText("That can't be undone: it was changed since.");
  await expect(button(page, 'Undo: “one” was renamed to “uno”')).toBeVisible();
});

test('older changes come to the end of the list, and all can be reached by keyboard', async ({ page, app }) => {
  await app.createMany(120);
  await page.goto('/history');
  await expect(entries(page)).toHaveCount(50);
  const older = page.getByRole('link', { name: 'Older changes' });
  await older.focus();
  await page.keyboard.press('Enter');
  await expect(entries(page)).toHaveCount(100);
  await page.keyboard.press('Tab');
  await expect(entries(page).nth(50).getByRole('button')).toBeFocused();
  await older.click();
  await expect(entries(page)).toHaveCount(120);
  await expect(older).toHaveCount(0);
  expect(new Set(await sentences(page).allTextContents()).size).toBe(120);
  await expect(page).toHaveURL('/history');
});

test.describe('for a reader elsewhere', () => {
  test.use({ locale: 'de-DE', timezoneId: 'Asia/Tokyo' });

  test('times are in their language and time zone', async ({ page, app }) => {
    await app.create('one');
    await page.goto('/history');
    const time = entries(page).locator('time');
    const shown = await time.evaluate((it: HTMLTimeElement) => new Intl.DateTimeFormat('de-DE', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Tokyo' }).format(new Date(it.dateTime)));
    await expect(time).toHaveText(shown);
    await expect(time).toHaveAttribute('title', / UTC$/);
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [360, 1440]) {
    test.describe(`in ${colorScheme} colours, ${width} px wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 800 } });

      test('trash and history have no faults, and nothing scrolls sideways', async ({ page, app }, info) => {
        // Three whole pages are gone through for faults, each of which takes seconds on a busy machine.
        test.slow();
        const list = await app.createList('Summer party');
        const long = `https://example.org/${'abcdefghij'.repeat(12)}`;
        for (const title of ['Send the invitations', 'Order the cake from Lena', 'Borrow chairs from number 12', 'Playlist: ask Amir', 'Buy ice cubes', 'לקנות חלב', long]) {
          await app.create(title, list);
        }
        const ids = (await app.board(list)).todos.map((it) => it.id);
        const post = (path: string, fields: Record<string, string>): Promise<unknown> => app.post(path, { list, ...fields });
        await page.goto(`/lists/${list}/trash`);
        await expectNoViolations(page);
        await page.screenshot({ path: info.outputPath('empty.png') });
        await post('todos/rename', { id: ids[1]!, title: 'Order two cakes from Lena' });
        await post('todos/move', { id: ids[3]! });
        await post('todos/complete_all', {});
        await post('todos/delete', { id: ids[0]! });
        await post('todos/reopen', { id: ids[4]! });
        await post('todos/delete', { id: ids[4]! });
        await post('todos/delete', { id: ids[5]! });
        await post('todos/delete', { id: ids[6]! });
        await post('todos/move_to', { id: ids[2]!, to: 'home' });
        for (const name of ['Winter party', 'רשימת קניות', long]) await app.post('lists/delete', { list: await app.createList(name) });
        await page.request.post('/api/me/name', { form: { name: 'Ada Lovelace' } });
        await page.request.post('/api/todos/restore', { form: { list, id: ids[0]! } });
        for (const name of ['trash', 'history?refused=changed_since', '']) {
          await page.goto(`/lists/${list}/${name}`.replace(/\/$/, ''));
          await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
          if (name) await expectNoViolations(page);
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
          const targets = page.locator('.past-list button, .past-links a, .back, .own-name button, #own-name');
          const heights = await targets.evaluateAll((all) => all.map((it) => it.getBoundingClientRect().height));
          expect(Math.min(...heights)).toBeGreaterThanOrEqual(40);
          await page.screenshot({ path: info.outputPath(`${name.split('?')[0] || 'list'}.png`), fullPage: true });
        }
      });
    });
  }
}
