// Every screen shows the same: a change is seen everywhere at once, without a reload.
import { add, editor, expect, expectTodos, field, filter, notices, open, paste, row, rows, saved, test, toggle } from '../support/app.ts';

test('two windows see each other\'s changes at once', async ({ page, another }) => {
  await open(page);
  const other = await another();
  const both = async (titles: string[], done: string[] = []): Promise<void> => {
    await expectTodos(other, titles, done);
    await expectTodos(page, titles, done);
  };
  await add(page, 'one', 'two');
  await both(['one', 'two']);
  await add(other, 'three');
  await both(['one', 'two', 'three']);
  await toggle(other, 'two').check();
  await both(['one', 'two', 'three'], ['two']);
  await toggle(page, 'two').uncheck();
  await both(['one', 'two', 'three']);
  await row(page, 'two').locator('label').dblclick();
  await editor(page).fill('zwei');
  await field(page).click();
  await both(['one', 'zwei', 'three']);
  await other.getByRole('checkbox', { name: 'Mark all as complete' }).check();
  await both(['one', 'zwei', 'three'], ['one', 'zwei', 'three']);
  await page.getByRole('checkbox', { name: 'Mark all as complete' }).uncheck();
  await both(['one', 'zwei', 'three']);
  await toggle(page, 'one').check();
  await both(['one', 'zwei', 'three'], ['one']);
  await other.getByRole('button', { name: 'Clear completed' }).click();
  await both(['zwei', 'three']);
  await row(page, 'three').hover();
  await row(page, 'three').locator('.destroy').click();
  await both(['zwei']);
  await expect(other.locator('.todo-count')).toHaveText('1 item left');
});

test('others get a notice about a change, but not the person who made it', async ({ page, another }) => {
  await open(page);
  const other = await another();
  const told = (text: string): Promise<void> => expect(notices(other).last()).toHaveText(text);
  await add(page, 'Buy milk');
  await told('“Buy milk” was added');
  await toggle(page, 'Buy milk').check();
  await told('“Buy milk” was completed');
  await toggle(page, 'Buy milk').uncheck();
  await told('“Buy milk” was reopened');
  await row(page, 'Buy milk').locator('label').dblclick();
  await editor(page).fill('Buy bread');
  await field(page).click();
  await told('“Buy milk” was renamed to “Buy bread”');
  await add(page, 'two');
  await told('“two” was added');
  await page.getByRole('checkbox', { name: 'Mark all as complete' }).check();
  await told('2 todos were completed');
  await page.getByRole('button', { name: 'Clear completed' }).click();
  await told('2 todos were deleted');
  await expect(notices(page)).toHaveCount(0);
});

test('a notice can be dismissed, or disappears by itself', async ({ page, app }) => {
  await page.clock.install();
  await open(page);
  await app.create('one');
  await app.create('two');
  await expect(notices(page)).toHaveText(['“one” was added', '“two” was added']);
  await page.getByRole('button', { name: 'Dismiss' }).first().click();
  await expect(notices(page)).toHaveText(['“two” was added']);
  await page.clock.fastForward(10_000);
  await expect(notices(page)).toHaveCount(0);
});

test('a change from outside appears without a reload', async ({ page, app }) => {
  await open(page);
  await page.evaluate(() => { document.body.dataset.same = 'yes'; });
  const id = await app.create('Buy milk');
  await expectTodos(page, ['Buy milk']);
  await app.post('todos/complete', { list: 'home', id });
  await expectTodos(page, ['Buy milk'], ['Buy milk']);
  await expect(page.locator('body')).toHaveAttribute('data-same', 'yes');
});

test('a change of another list is not shown here', async ({ page, app }) => {
  const list = await app.createList('Garden');
  await open(page);
  await app.create('Plant roses', list);
  await app.create('Buy milk');
  await expectTodos(page, ['Buy milk']);
  await expect(notices(page)).toHaveText(['“Buy milk” was added']);
});

test('a plain socket gets every event in order, and can resume', async ({ page, app }) => {
  await open(page);
  await page.evaluate(() => {
    const frames: unknown[] = [];
    Object.assign(globalThis, { frames });
    const socket = new WebSocket(`ws://${location.host}/ws?list=home&after=0`);
    socket.onmessage = (it: MessageEvent<string>) => frames.push(JSON.parse(it.data));
  });
  type Frame = { head?: { list: string; seq: number; id: string }; event?: { seq: number; id: string; change: Record<string, object> } };
  const heard = (): Promise<Frame[]> => page.evaluate(() => (globalThis as unknown as { frames: Frame[] }).frames);
  await expect.poll(heard).toEqual([{ head: { list: 'home', seq: 0, id: '0' } }]);
  await add(page, 'Buy milk');
  await toggle(page, 'Buy milk').check();
  await row(page, 'Buy milk').hover();
  await row(page, 'Buy milk').locator('.destroy').click();
  await expect.poll(heard).toHaveLength(4);
  const events = (await heard()).slice(1).map((it) => it.event!);
  expect(events.map((it) => it.seq)).toEqual([1, 2, 3]);
  expect(events.map((it) => Object.keys(it.change)[0])).toEqual(['created', 'completed', 'deleted']);
  expect(events[0]!.change).toMatchObject({ created: { title: 'Buy milk' } });
  expect((await app.board()).head).toEqual({ seq: 3, id: events[2]!.id });

  const rest = await page.evaluate((after) => new Promise<string[]>((resolve) => {
    const frames: string[] = [];
    const socket = new WebSocket(`ws://${location.host}/ws?list=home&after=${after}`);
    socket.onmessage = (it: MessageEvent<string>) => {
      frames.push(it.data);
      if (it.data.startsWith('{"head"')) resolve(frames);
    };
  }), events[0]!.id);
  expect(rest.map((it) => (JSON.parse(it) as Frame).event?.seq)).toEqual([2, 3, undefined]);
});

test('a todo that others complete disappears from a window that shows the open ones', async ({ page, another }) => {
  await open(page);
  await add(page, 'one', 'two');
  await saved(page);
  const other = await another('/active');
  await toggle(page, 'one').check();
  await expectTodos(other, ['two']);
  await toggle(page, 'one').uncheck();
  await expectTodos(other, ['one', 'two']);
  await filter(other, 'Completed').click();
  await toggle(page, 'two').check();
  await expectTodos(other, ['two'], ['two']);
});

test('both windows show the same in the end when both change the same todo', async ({ page, another, app }) => {
  await open(page);
  await add(page, 'one');
  await saved(page);
  const other = await another();
  await Promise.all(Array.from({ length: 4 }, async () => {
    await Promise.all([toggle(page, 'one').click(), toggle(other, 'one').click()]);
  }));
  await saved(page);
  await saved(other);
  const { todos: [todo] } = await app.board();
  for (const window of [page, other]) await expectTodos(window, ['one'], todo?.completed ? ['one'] : []);
});

test('the focus and the half-typed todo stay while others change the list', async ({ page, app }) => {
  await open(page);
  await field(page).pressSequentially('Buy m');
  await app.create('one');
  await app.post('todos/complete_all', { list: 'home' });
  await expectTodos(page, ['one'], ['one']);
  await expect(field(page)).toBeFocused();
  await field(page).pressSequentially('ilk');
  await field(page).press('Enter');
  await expectTodos(page, ['one', 'Buy milk'], ['one']);
});

test('a long paste in one window is complete and in order in the other', async ({ page, another }) => {
  await open(page);
  const other = await another();
  const titles = Array.from({ length: 60 }, (_, n) => `todo ${n}`);
  await paste(page, titles.join('\n'));
  await expect(rows(page)).toHaveCount(60);
  await expectTodos(other, titles);
  await saved(page);
  await expectTodos(page, titles);
});
