// Half-typed text: it survives a reload and closing the tab, and each tab keeps its own.
import type { BrowserContext, Page } from '@playwright/test';
import { add, badge, editor, expect, expectTodos, field, open, row, saved, test } from '../support/app.ts';

const MONTH_MS = 30 * 24 * 60 * 60 * 1000;

/** What the browser has stored for all tabs. */
const kept = (page: Page): Promise<string[]> => page.evaluate(() => Object.keys(localStorage));

async function newTab(context: BrowserContext, path = '/'): Promise<Page> {
  const tab = await context.newPage();
  await open(tab, path);
  return tab;
}

test('a half-typed todo survives a reload, and its draft is gone once it is a todo', async ({ page }) => {
  await open(page);
  await field(page).pressSequentially('Buy mi');
  await page.reload();
  await expect(field(page)).toHaveValue('Buy mi');
  await expect(field(page)).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.type('lk');
  await page.keyboard.press('Enter');
  await expectTodos(page, ['Buy milk']);
  await saved(page);
  await open(page);
  await expect(field(page)).toHaveValue('');
});

test('a half-typed new title survives a reload, and Escape discards it', async ({ page }) => {
  await open(page);
  await add(page, 'one', 'two');
  await saved(page);
  await row(page, 'one').locator('label').dblclick();
  await editor(page).pressSequentially(' and more');
  await page.reload();
  await expect(editor(page)).toHaveValue('one and more');
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await expectTodos(page, ['one', 'two']);
  await page.reload();
  await expect(badge(page)).toHaveText('Live');
  await expect(editor(page)).toHaveCount(0);
});

test('a draft of one list is not shown on another', async ({ page, app }) => {
  const list = await app.createList('Garden');
  await open(page);
  await field(page).pressSequentially('Buy mi');
  await open(page, `/lists/${list}`);
  await expect(field(page)).toHaveValue('');
  await open(page);
  await expect(field(page)).toHaveValue('Buy mi');
});

test('a half-typed todo survives closing the tab, and no tab begins with it once it is a todo', async ({ page, context }) => {
  await open(page);
  await field(page).pressSequentially('Buy mi');
  await page.close();
  const next = await newTab(context);
  await expect(field(next)).toHaveValue('Buy mi');
  await field(next).press('End');
  await next.keyboard.type('lk');
  await next.keyboard.press('Enter');
  await expectTodos(next, ['Buy milk']);
  await saved(next);
  await expect.poll(() => kept(next)).toEqual([]);
  await expect(field(await newTab(context))).toHaveValue('');
});

test('a todo that is sent as it was found in the next tab is no draft any more', async ({ page, context }) => {
  await open(page);
  await field(page).pressSequentially('Buy milk');
  await page.close();
  const next = await newTab(context);
  await field(next).press('Enter');
  await expectTodos(next, ['Buy milk']);
  await expect(field(await newTab(context))).toHaveValue('');
});

test('a text that was cleared by hand does not come back', async ({ page, context }) => {
  await open(page);
  await field(page).pressSequentially('Buy mi');
  await field(page).fill('');
  await page.reload();
  await expect(badge(page)).toHaveText('Live');
  await expect(field(page)).toHaveValue('');
  await page.close();
  await expect(field(await newTab(context))).toHaveValue('');
});

test('half-typed messages and names of lists survive closing the tab', async ({ page, context }) => {
  await open(page);
  await page.locator('.message').pressSequentially('hel');
  await page.locator('.new-list input').pressSequentially('Gard');
  await page.close();
  const next = await newTab(context);
  await expect(next.locator('.message')).toHaveValue('hel');
  await expect(next.locator('.new-list input')).toHaveValue('Gard');
  await next.locator('.message').press('Enter');
  await expect(next.locator('.notice-echo')).toHaveCount(1);
  const last = await newTab(context);
  await expect(last.locator('.message')).toHaveValue('');
  await expect(last.locator('.new-list input')).toHaveValue('Gard');
});

test('two tabs of a list each keep their own half-typed todo, whatever is typed and sent in the other', async ({ page, context }) => {
  await open(page);
  const tab = await newTab(context);
  await field(page).pressSequentially('Buy mi');
  await expect(field(tab)).toHaveValue('');
  await field(tab).pressSequentially('Call Mo');
  await expect(field(page)).toHaveValue('Buy mi');
  await page.reload();
  await expect(field(page)).toHaveValue('Buy mi');
  await field(tab).pressSequentially('m');
  await field(tab).press('Enter');
  await expectTodos(page, ['Call Mom']);
  await expect(field(page)).toHaveValue('Buy mi');
  await tab.reload();
  await expect(badge(tab)).toHaveText('Live');
  await expect(field(tab)).toHaveValue('');
  // What the other tab had typed meanwhile does not hide it from the tabs to come.
  for (const each of [page, tab]) await each.close();
  await expect(field(await newTab(context))).toHaveValue('Buy mi');
});

test('clearing a text that was found in a second tab leaves it in the first', async ({ page, context }) => {
  await open(page);
  await field(page).pressSequentially('Buy mi');
  const tab = await newTab(context);
  await expect(field(tab)).toHaveValue('Buy mi');
  await field(tab).fill('');
  await add(tab, 'Call Mom');
  await expectTodos(page, ['Call Mom']);
  await expect(field(page)).toHaveValue('Buy mi');
  await page.close();
  await expect(field(await newTab(context))).toHaveValue('Buy mi');
});

test('a half-typed todo that another tab has sent is not offered again', async ({ page, context }) => {
  await open(page);
  await field(page).pressSequentially('Buy milk');
  const tab = await newTab(context);
  await field(tab).press('Enter');
  await expectTodos(page, ['Buy milk']);
  await expect(field(page)).toHaveValue('');
  await page.reload();
  await expect(badge(page)).toHaveText('Live');
  await expect(field(page)).toHaveValue('');
});

test('a half-typed new title stays with its tab', async ({ page, context }) => {
  await open(page);
  await add(page, 'one');
  await saved(page);
  await row(page, 'one').locator('label').dblclick();
  await editor(page).pressSequentially(' and more');
  const tab = await newTab(context);
  await expect(editor(tab)).toHaveCount(0);
  await expectTodos(tab, ['one']);
});

test('drafts are dropped after a month, and nothing else is', async ({ page, app }) => {
  const list = await app.createList('Garden');
  await open(page);
  await page.evaluate(([list, month]) => {
    const now = Date.now();
    localStorage.setItem('todoapp/draft/gone', `${now - month! - 60_000} old`);
    localStorage.setItem('todoapp/typed/message', 'nonsense');
    localStorage.setItem(`todoapp/draft/${list}`, `${now - month! + 3_600_000} Plant roses`);
    localStorage.setItem('another/draft/app', '1 old');
  }, [list, MONTH_MS] as const);
  await page.reload();
  await expect.poll(async () => (await kept(page)).sort()).toEqual(['another/draft/app', `todoapp/draft/${list}`]);
  await open(page, `/lists/${list}`);
  await expect(field(page)).toHaveValue('Plant roses');
});

test('a text that is far too long takes no room from what waits to be sent', async ({ page }) => {
  await open(page);
  await field(page).fill('short');
  await field(page).fill('x'.repeat(100_000));
  expect(await kept(page)).toEqual([]);
  await page.reload();
  await expect(field(page)).toHaveValue('x'.repeat(100_000));
});

for (const [what, spoil] of [
  ['full', () => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }],
  ['blocked', () => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, { get: () => { throw new DOMException('blocked', 'SecurityError'); } });
    }
  }],
] as const) {
  test(`with a storage that is ${what} everything but keeping works`, async ({ page }) => {
    await page.addInitScript(spoil);
    await open(page);
    await field(page).pressSequentially('Buy milk');
    await field(page).press('Enter');
    await expectTodos(page, ['Buy milk']);
    await expect(field(page)).toHaveValue('');
    await page.locator('.message').fill('hello');
    await page.locator('.message').press('Enter');
    await expect(page.locator('.notice-echo')).toHaveCount(1);
    await saved(page);
  });
}
