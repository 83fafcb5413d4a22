// When a page becomes interactive: what the server rendered stays as it is, and what a person did before counts.
import type { Page } from '@playwright/test';
import { add, awake, expect, expectTodos, field, open, refusal, row, rows, saved, SCRIPT_IS_HELD, test, toggle } from '../support/app.ts';

const HOSTILE = [
  '<img src=x onerror="document.title=1">',
  '</title><script>document.title=1</script>',
  '</script><!--', '<!-- <b>bold</b> -->', '&amp; &lt; &#60;', '{{title}} ${1} \\u003c \\',
  '‮gnp.exe', 'عنوان طويل', '👩‍👩‍👧‍👦 🏳️‍🌈', 'e\u0301 \u00a0 two  spaces', '"quotes" \'and\' `ticks`',
];

/** Holds the script back until the returned function is called. */
async function holdScript(page: Page): Promise<() => void> {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => { release = resolve; });
  await page.route(/\.wasm/, async (route) => {
    await released;
    await route.continue().catch(() => {});
  });
  return release;
}

/** Opens the page as it is before its script has loaded. */
async function openAsleep(page: Page, path = '/'): Promise<() => void> {
  const release = await holdScript(page);
  await page.goto(path, { waitUntil: 'domcontentloaded' });
  await expect(page.locator('html[data-hydrated]')).not.toBeAttached();
  return release;
}

test.beforeEach(({ complaints }) => complaints.allow(SCRIPT_IS_HELD));

for (const path of ['/', '/active', '/completed']) {
  test(`an empty list becomes interactive without any complaint at ${path}`, async ({ page }) => {
    await open(page, path);
    await expect(rows(page)).toHaveCount(0);
    await expect(page.locator('.footer')).toBeHidden();
  });

  test(`an interactive list looks as the server rendered it at ${path}`, async ({ page, app }) => {
    for (const title of ['one', 'two', 'three', ...HOSTILE]) await app.create(title);
    const { todos } = await app.board();
    for (const { id } of todos.filter((_, at) => at % 2 === 1)) await app.post('todos/complete', { list: 'home', id });

    const release = await openAsleep(page, path);
    const before = await page.locator('.todoapp').innerHTML();
    release();
    await awake(page);
    await expect(page.locator('.connection')).toHaveText('Live');
    // HTML comments are only the framework's own marks, and a box can be reached once it does something.
    const bare = (html: string): string => html.replace(/<!--.*?-->| inert=""/g, '');
    expect(bare(await page.locator('.todoapp').innerHTML())).toBe(bare(before));
    const shown = todos.filter((_, at) => path === '/' || (at % 2 === 1) === (path === '/completed'));
    await expectTodos(page, shown.map((it) => it.title), todos.filter((it, at) => at % 2 === 1 && shown.includes(it)).map((it) => it.title));
    expect(await page.locator('.todo-list label').allTextContents()).toEqual(shown.map((it) => it.title));
  });
}

test('a list with a hostile name becomes interactive without any complaint', async ({ page, app }) => {
  const name = '</title><script>document.title="stolen"</script>&amp;';
  await open(page, `/lists/${await app.createList(name)}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  await expect(page).toHaveTitle(`${name} · todoapp`);
});

test('the page of an unknown list loads no script of the list, and leads to the interactive home list', async ({ page, complaints }) => {
  complaints.allow(/the server responded with a status of 404/);
  const answer = await page.goto('/lists/nosuchlist');
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Not found');
  const scripts = await page.locator('script').evaluateAll((all) => all.map((it) => it.getAttribute('src')));
  expect(scripts).toEqual(['/page.js', '/offline.js', '/past.js']);
  await page.getByRole('link', { name: 'To the home list' }).click();
  await awake(page);
  await expect(field(page)).toBeVisible();
});

test('a page with parameters becomes interactive without any complaint, and they leave the address', async ({ page, app }) => {
  const id = await app.create('Buy milk');
  await open(page, `/?edit=${id}`);
  await expect(page.locator('.edit')).toHaveValue('Buy milk');
  await expect(page).toHaveURL('/');
  await open(page, '/?refused=text_too_long&text=%3Cb%3Elong');
  await expect(refusal(page)).toHaveText('That is longer than 500 characters: please shorten it.');
  await expect(field(page)).toHaveValue('<b>long');
  await open(page, '/?refused=nonsense&edit=nonsense&other=1');
  await expectTodos(page, ['Buy milk']);
});

test('what is typed before the page is interactive stays, and so does the caret', async ({ page }) => {
  const release = await openAsleep(page);
  await expect(field(page)).toBeFocused();
  await page.keyboard.type('Buy milk');
  await page.keyboard.press('ArrowLeft');
  release();
  await awake(page);
  await expect(field(page)).toBeFocused();
  await page.keyboard.type('s');
  await expect(field(page)).toHaveValue('Buy milsk');
  await page.keyboard.press('Enter');
  await expectTodos(page, ['Buy milsk']);
  await expect(field(page)).toHaveValue('');
});

test('Enter before the page is interactive creates the todo once', async ({ page, app }) => {
  const release = await openAsleep(page);
  await page.keyboard.type('Buy milk');
  await page.keyboard.press('Enter');
  await expectTodos(page, ['Buy milk']);
  await expect(field(page)).toHaveValue('');
  await expect(field(page)).toBeFocused();
  await page.keyboard.type('Buy bread');
  release();
  await awake(page);
  await page.keyboard.press('Enter');
  await expectTodos(page, ['Buy milk', 'Buy bread']);
  await saved(page);
  expect((await app.board()).todos).toHaveLength(2);
});

test('a tick, an untick and a delete count before the page is interactive', async ({ page, app }) => {
  for (const title of ['one', 'two']) await app.create(title);
  const release = await openAsleep(page);
  const box = async (): Promise<void> => {
    const at = await toggle(page, 'one').boundingBox();
    await page.mouse.click(at!.x + at!.width / 2, at!.y + at!.height / 2);
  };
  await box();
  await expectTodos(page, ['one', 'two'], ['one']);
  await box();
  await expectTodos(page, ['one', 'two']);
  await row(page, 'two').hover();
  await row(page, 'two').locator('.destroy').click();
  await expectTodos(page, ['one']);
  await box();
  await expectTodos(page, ['one'], ['one']);
  release();
  await awake(page);
  await expectTodos(page, ['one'], ['one']);
  await toggle(page, 'one').click();
  await expectTodos(page, ['one']);
});

test('mark all, rename and clear completed count before the page is interactive', async ({ page, app }) => {
  for (const title of ['one', 'two']) await app.create(title);
  const release = await openAsleep(page);
  await page.getByRole('button', { name: 'Mark all as complete' }).click();
  await expectTodos(page, ['one', 'two'], ['one', 'two']);
  await row(page, 'two').hover();
  await row(page, 'two').locator('.rename').click();
  await expect(page.locator('.edit')).toHaveValue('two');
  await page.locator('.edit').fill('zwei');
  await page.locator('.edit').press('Enter');
  await expectTodos(page, ['one', 'zwei'], ['one', 'zwei']);
  await page.getByRole('button', { name: 'Clear completed' }).click();
  await expect(rows(page)).toHaveCount(0);
  release();
  await awake(page);
  await add(page, 'three');
  await expectTodos(page, ['three']);
});

test('a rename that is being typed when the page becomes interactive goes on', async ({ page, app }) => {
  const id = await app.create('Buy milk');
  const release = await openAsleep(page, `/?edit=${id}`);
  await page.locator('.edit').fill('Buy oat milk');
  release();
  await awake(page);
  await expect(page.locator('.edit')).toHaveValue('Buy oat milk');
  await page.locator('.edit').press('Enter');
  await expectTodos(page, ['Buy oat milk']);
});

test('a change that others make before the page is interactive is shown', async ({ page, app }) => {
  const id = await app.create('one');
  const release = await openAsleep(page);
  await app.post('todos/complete', { list: 'home', id });
  await app.create('two');
  release();
  await awake(page);
  await expectTodos(page, ['one', 'two'], ['one']);
});
