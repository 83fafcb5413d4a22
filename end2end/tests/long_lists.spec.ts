// Long lists: the page comes with its first rows, and the rest is added while a person works.
import type { Page } from '@playwright/test';
import { add, awake, badge, expect, expectTodos, field, filter, labels, open, row, rows, saved, SCRIPT_IS_HELD, SERVER_IS_DOWN, stillAt, test, toggle } from '../support/app.ts';

const TODOS = 900;
const WINDOW = 200;

/** Far longer than all rows of such a list take, even if two browsers share one processor. */
const WHOLE_MS_MAX = 20_000;

/** Checks all titles on a page. This is faster than a locator with a thousand texts. */
async function expectTitles(page: Page, titles: string[]): Promise<void> {
  await expect(rows(page)).toHaveCount(titles.length, { timeout: WHOLE_MS_MAX });
  expect(await labels(page).allTextContents()).toEqual(titles);
}

/** Holds the rest of the list back until the returned function is called. */
async function holdRest(page: Page): Promise<() => void> {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => { release = resolve; });
  await page.route(/\/api\/board/, async (route) => {
    await released;
    await route.continue().catch(() => {});
  });
  return release;
}

const pager = (page: Page) => page.getByRole('navigation', { name: 'Pages' });
const titlesOf = async (app: { board: () => Promise<{ todos: { title: string }[] }> }): Promise<string[]> =>
  (await app.board()).todos.map((it) => it.title);

test.beforeEach(async ({ app, complaints }) => {
  complaints.allow(SCRIPT_IS_HELD);
  await app.createMany(TODOS);
});

for (const [path, first] of [['/', WINDOW], ['/?page=3', WINDOW], ['/?page=999', TODOS % WINDOW]] as const) {
  test(`a long list becomes interactive without any complaint and is soon complete at ${path}`, async ({ page, app }) => {
    const release = await holdRest(page);
    await page.goto(path);
    await awake(page);
    await expect(rows(page)).toHaveCount(first);
    await expect(page.locator('.todo-count')).toHaveText(`${TODOS} items left`);
    await expect(pager(page)).toBeVisible();
    release();
    await expect(badge(page)).toHaveText('Live');
    await expectTitles(page, await titlesOf(app));
    await expect(pager(page)).toHaveCount(0);
    await expect(page.locator('.todo-count')).toHaveText(`${TODOS} items left`);
    await expect(page).toHaveURL('/');
  });
}

test('a filter of a long list has its own window, and the other filters are complete too', async ({ page, app }) => {
  const { todos } = await app.board();
  const done = todos.filter((_, at) => at % 100 === 0);
  for (const { id } of done) await app.post('todos/complete', { list: 'home', id });
  await open(page, '/completed');
  await expectTitles(page, done.map((it) => it.title));
  await filter(page, 'Active').click();
  await expectTitles(page, todos.filter((it) => !done.includes(it)).map((it) => it.title));
});

test('what is done before the rest is loaded is seen at once and stays', async ({ page, app }) => {
  const titles = await titlesOf(app);
  const release = await holdRest(page);
  await page.goto('/');
  await awake(page);
  await add(page, 'first', 'second');
  await expectTitles(page, [...titles.slice(0, WINDOW), 'first', 'second']);
  await toggle(page, titles[3]!).click();
  await row(page, titles[5]!).hover();
  await row(page, titles[5]!).locator('.destroy').click();
  await row(page, titles[7]!).locator('label').dblclick();
  await page.locator('.edit').fill('another title');
  await page.locator('.edit').press('Enter');
  await expect(page.locator('.todo-count')).toHaveText(`${TODOS} items left`);
  // The server already has all changes while the page still waits for the rest of the list.
  await expect.poll(async () => (await titlesOf(app)).includes('another title')).toBe(true);
  await field(page).fill('half typed');
  release();
  await expect(badge(page)).toHaveText('Live');
  await expect(field(page)).toHaveValue('half typed');
  await expect(field(page)).toBeFocused();
  titles[7] = 'another title';
  const expected = [...titles.filter((_, at) => at !== 5), 'first', 'second'];
  await expectTitles(page, expected);
  await expect(page.locator('.todo-list li.completed label')).toHaveText([titles[3]!]);
  await saved(page);
  expect(await titlesOf(app)).toEqual(expected);
  await page.reload();
  await expectTitles(page, expected);
});

test('marking all and clearing before the rest is loaded applies to all todos', async ({ page, app }) => {
  const release = await holdRest(page);
  await page.goto('/');
  await awake(page);
  await page.locator('.toggle-all').click();
  await expect(page.locator('.todo-count')).toHaveText('0 items left');
  await expect(page.locator('.toggle-all')).toBeChecked();
  await add(page, 'one more');
  await expect(page.locator('.todo-count')).toHaveText('1 item left');
  release();
  await expect(badge(page)).toHaveText('Live');
  await expect(page.locator('.todo-list li.completed')).toHaveCount(TODOS);
  await page.getByRole('button', { name: 'Clear completed' }).click();
  await expectTodos(page, ['one more']);
  await expect.poll(() => titlesOf(app)).toEqual(['one more']);
});

test('changes by others before, while and after the rest is loaded are shown', async ({ page, app, another }) => {
  const other = await another();
  const { todos } = await app.board();
  const titles = todos.map((it) => it.title);
  const release = await holdRest(page);
  await page.route(/\.wasm/, async (route) => {
    await toggle(other, titles[1]!).click();
    await saved(other);
    await route.continue();
  });
  await page.goto('/');
  await awake(page);
  await toggle(other, titles[2]!).click();
  await app.post('todos/complete', { list: 'home', id: todos[850]!.id });
  await add(other, 'from elsewhere');
  await saved(other);
  release();
  await app.post('todos/delete', { list: 'home', id: todos[800]!.id });
  await app.post('todos/complete', { list: 'home', id: todos[898]!.id });
  await expect(badge(page)).toHaveText('Live');
  const expected = [...titles.filter((_, at) => at !== 800), 'from elsewhere'];
  await expectTitles(page, expected);
  await add(other, 'afterwards');
  await expectTitles(page, [...expected, 'afterwards']);
  await expect(page.locator('.todo-list li.completed label')).toHaveText([1, 2, 850, 898].map((at) => titles[at]!));
});

test('if the rest can not be loaded, it is asked for again', async ({ page, app, complaints }) => {
  complaints.allow(SERVER_IS_DOWN);
  let tries = 0;
  await page.route(/\/api\/board/, (route) => {
    tries += 1;
    return tries < 3 ? route.abort() : route.continue();
  });
  await page.goto('/');
  await awake(page);
  await add(page, 'one more');
  await expect(badge(page)).toHaveText('Live');
  expect(tries).toBe(3);
  await expectTitles(page, await titlesOf(app));
  await expect(labels(page).last()).toHaveText('one more');
});

test('the rest does not move the rows that a person reads', async ({ page, app }) => {
  const titles = await titlesOf(app);
  const release = await holdRest(page);
  await page.goto('/?page=3');
  await awake(page);
  await page.mouse.move(400, 400);
  for (let n = 0; n < 10; n += 1) {
    await page.mouse.wheel(0, 400);
    await page.waitForTimeout(20);
  }
  const read = row(page, titles[492]!);
  await expect(read).toBeInViewport();
  const before = await stillAt(read);
  release();
  await expect(rows(page)).toHaveCount(TODOS, { timeout: WHOLE_MS_MAX });
  expect(Math.abs(await stillAt(read) - before)).toBeLessThan(2);
});

test('a half-typed title of a row that is not among the first is restored', async ({ page, app }) => {
  const titles = await titlesOf(app);
  await open(page);
  await expect(rows(page)).toHaveCount(TODOS, { timeout: WHOLE_MS_MAX });
  await row(page, titles[700]!).locator('label').dblclick();
  await page.locator('.edit').fill('half a title');
  await page.reload();
  await expect(page.locator('.edit')).toHaveValue('half a title', { timeout: WHOLE_MS_MAX });
  await page.locator('.edit').press('Enter');
  await expect(labels(page).nth(700)).toHaveText('half a title');
});
