// Todos are moved to another list: from the selection bar, with keys, without a network, and without JavaScript.
import type { Page } from '@playwright/test';
import {
  add, badge, editor, expect, expectTodos, field, notices, open, row, rows, saved, SCRIPT_IS_HELD, SERVER_IS_DOWN, test,
} from '../support/app.ts';

const bar = (page: Page) => page.getByRole('toolbar', { name: 'Selected todos' });
const choice = (page: Page) => page.getByRole('combobox', { name: 'Move to another list' });
const move = (page: Page) => page.getByRole('button', { name: 'Move', exact: true });
const offer = (page: Page) => page.locator('.undo:not([hidden])');
const undo = (page: Page) => offer(page).getByRole('button', { name: 'Undo' });
const entry = (page: Page, name: string) => page.locator('.lists li').filter({ hasText: name });

async function select(page: Page, ...titles: string[]): Promise<void> {
  for (const title of titles) await row(page, title).locator('label').click({ modifiers: ['Control'] });
}

async function moveTo(page: Page, list: string, ...titles: string[]): Promise<void> {
  await select(page, ...titles);
  await choice(page).selectOption({ label: list });
  await move(page).click();
}

test('selected todos move to another list as one event, live for both lists, and come back by one undo', async ({ page, another, app }) => {
  const garden = await app.createList('Garden');
  await open(page);
  await add(page, 'one', 'two', 'three');
  await saved(page);
  const [bob, eve] = [await another(`/lists/${garden}`), await another('/')];
  await add(bob, 'there');
  await expect(entry(page, 'Garden').locator('.list-open')).toHaveText('1');
  const { seq } = (await app.board()).head;
  await moveTo(page, 'Garden', 'one', 'three');
  await expectTodos(page, ['two']);
  await expectTodos(eve, ['two']);
  await expectTodos(bob, ['there', 'one', 'three']);
  await expect(bar(page)).toBeHidden();
  await expect(offer(page)).toContainText('2 todos were moved to “Garden”');
  await expect(notices(eve).last()).toHaveText('2 todos were moved to “Garden”');
  await expect(notices(bob)).toHaveText('2 todos were moved here from “Home”');
  for (const each of [page, bob, eve]) {
    await expect(entry(each, 'Garden').locator('.list-open')).toHaveText('3');
    await expect(entry(each, 'Home').locator('.list-open')).toHaveText('1');
  }
  expect((await app.board()).head.seq).toBe(seq + 1);

  await undo(page).click();
  await expectTodos(page, ['one', 'two', 'three']);
  await expectTodos(eve, ['one', 'two', 'three']);
  await expectTodos(bob, ['there']);
  await expect(entry(bob, 'Home').locator('.list-open')).toHaveText('3');
  await page.keyboard.press('Control+Shift+z');
  await expectTodos(bob, ['there', 'one', 'three']);
  await expectTodos(page, ['two']);
});

test('one todo moves, and the person on the other list takes it back there', async ({ page, another, app }) => {
  const garden = await app.createList('Garden');
  await open(page);
  await add(page, 'one', 'two');
  await saved(page);
  const bob = await another(`/lists/${garden}`);
  await moveTo(page, 'Garden', 'one');
  await expect(offer(page)).toContainText('“one” was moved to “Garden”');
  await expectTodos(bob, ['one']);
  await expect(notices(bob)).toHaveText('“one” was moved here from “Home”');
  await bob.getByRole('link', { name: 'History' }).click();
  await bob.getByRole('button', { name: /Undo/ }).first().click();
  await expectTodos(page, ['one', 'two']);
  await expect(notices(page)).toHaveText('“one” was moved here from “Garden”');
});

test('only other lists are offered, as they are now, and without one there is no choice', async ({ page, app }) => {
  await open(page);
  await add(page, 'one');
  await saved(page);
  await select(page, 'one');
  await expect(bar(page)).toBeVisible();
  await expect(choice(page)).toBeHidden();
  await expect(move(page)).toBeHidden();
  const garden = await app.createList('<b>Garden</b> & more');
  await expect(choice(page).getByRole('option')).toHaveText(['Move to…', '<b>Garden</b> & more']);
  await app.createList('Shopping');
  await app.post('lists/rename', { list: garden, name: 'Garden' });
  await expect(choice(page).getByRole('option')).toHaveText(['Move to…', 'Garden', 'Shopping']);
  await choice(page).selectOption('Garden');
  // What is chosen is never exchanged for another list.
  await app.post('lists/delete', { list: garden });
  await expect(choice(page).getByRole('option')).toHaveText(['Move to…', 'Shopping']);
  await expect(choice(page)).toHaveValue('');
  const { seq } = (await app.board()).head;
  await move(page).click();
  await expect(choice(page)).toBeFocused();
  await expectTodos(page, ['one']);
  expect((await app.board()).head.seq).toBe(seq);
});

test('a list that is full or was deleted meanwhile says so, and nothing is lost', async ({ page, app }) => {
  const [garden, shopping] = [await app.createList('Garden'), await app.createList('Shopping')];
  await open(page);
  await add(page, 'one', 'two');
  await saved(page);
  // The command is on its way while the list is deleted.
  await page.route('**/api/commands', async (route) => {
    await app.post('lists/delete', { list: garden });
    await route.continue();
  }, { times: 1 });
  await moveTo(page, 'Garden', 'one');
  await expect(notices(page).last()).toHaveText('There is no such list: it may have been deleted.');
  await expectTodos(page, ['one', 'two']);
  await app.createMany(10_000, shopping);
  await moveTo(page, 'Shopping', 'one', 'two');
  await expect(notices(page).last()).toContainText('That list is full: it holds 10000 todos.');
  await expectTodos(page, ['one', 'two']);
  expect((await app.board()).todos.map((it) => it.title)).toEqual(['one', 'two']);
});

test('without a network a move is shown at once, can be taken back, and is sent later', async ({ page, app, another, context, wire, complaints }) => {
  complaints.allow(SERVER_IS_DOWN);
  const garden = await app.createList('Garden');
  await open(page, wire.url);
  await add(page, 'one', 'two');
  await saved(page);
  const bob = await another(`/lists/${garden}`);
  await wire.cut();
  await context.setOffline(true);
  await expect(badge(page)).toHaveText(/^Offline/);
  await moveTo(page, 'Garden', 'one');
  await expectTodos(page, ['two']);
  await expect(offer(page)).toContainText('“one” was moved to “Garden”');
  await page.keyboard.press('Control+z');
  await expectTodos(page, ['one', 'two']);
  await page.keyboard.press('Control+Shift+z');
  await expectTodos(page, ['two']);
  await expectTodos(bob, []);
  await context.setOffline(false);
  await wire.mend();
  await expect(badge(page)).toHaveText('Live', { timeout: 20_000 });
  await expectTodos(bob, ['one']);
  await expectTodos(page, ['two']);
  await page.keyboard.press('Control+z');
  await expectTodos(bob, []);
  await expectTodos(page, ['one', 'two']);
});

test('with keys alone, and the focus is never lost', async ({ page, app }) => {
  await app.createList('Garden');
  await open(page);
  await add(page, 'one', 'two', 'three', 'four');
  await saved(page);
  const focused = (title: string) => expect(row(page, title).locator('.toggle')).toBeFocused();
  await row(page, 'two').locator('.toggle').focus();
  await page.keyboard.press('m');
  await expect(choice(page)).toBeFocused();
  await expect(bar(page)).toContainText('1 selected');
  await page.keyboard.press('ArrowDown');
  await expect(choice(page).locator('option:checked')).toHaveText('Garden');
  await expectTodos(page, ['one', 'two', 'three', 'four']);
  await page.keyboard.press('Tab');
  await expect(move(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expectTodos(page, ['one', 'three', 'four']);
  await focused('three');

  await page.keyboard.press('x');
  await row(page, 'four').locator('.toggle').focus();
  await page.keyboard.press('x');
  await page.keyboard.press('m');
  await expect(choice(page)).toBeFocused();
  await expect(bar(page)).toContainText('2 selected');
  await page.keyboard.press('Escape');
  await expect(bar(page)).toBeHidden();
  await focused('four');

  await page.keyboard.press('Control+a');
  await page.keyboard.press('m');
  await expect(choice(page)).toBeFocused();
  await page.keyboard.press('G');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expectTodos(page, []);
  await expect(field(page)).toBeFocused();
});

test('the focus in the bar is kept when others take the selected todos away', async ({ page, app }) => {
  await app.createList('Garden');
  const [, two] = [await app.create('one'), await app.create('two'), await app.create('three')];
  await open(page);
  await row(page, 'two').locator('.toggle').focus();
  await page.keyboard.press('m');
  await expect(choice(page)).toBeFocused();
  await app.post('todos/delete', { list: 'home', id: two });
  await expect(bar(page)).toBeHidden();
  await expect(row(page, 'three').locator('.toggle')).toBeFocused();
});

test('the focus in the choice is kept when others delete the last other list', async ({ page, app }) => {
  const garden = await app.createList('Garden');
  await app.create('one');
  await open(page);
  await row(page, 'one').locator('.toggle').focus();
  await page.keyboard.press('m');
  await expect(choice(page)).toBeFocused();
  await app.post('lists/delete', { list: garden });
  await expect(choice(page)).toBeHidden();
  await expect(bar(page).getByRole('button', { name: 'Complete' })).toBeFocused();
});

test('while a title is being edited, x and m are letters even in an emptied field', async ({ page, app }) => {
  await app.createList('Garden');
  await open(page);
  await add(page, 'one');
  await row(page, 'one').locator('label').dblclick();
  await editor(page).fill('');
  await page.keyboard.type('mix');
  await page.keyboard.press('Enter');
  await expectTodos(page, ['mix']);
  await expect(bar(page)).toBeHidden();
});

test.describe('on a phone', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 360, height: 740 } });

  test('the bar with a long name fits, and its controls are big enough for a finger', async ({ page, app, context }) => {
    const name = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
    await app.createList(name);
    await open(page);
    await add(page, 'one', 'two');
    await saved(page);
    const at = (await row(page, 'two').locator('label').boundingBox())!;
    const cdp = await context.newCDPSession(page);
    const points = [{ x: at.x + 20, y: at.y + at.height / 2 }];
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: points });
    await expect(row(page, 'two')).toHaveClass(/selected/);
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await choice(page).selectOption({ label: name });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    for (const each of await bar(page).locator('button, select').all()) {
      const box = (await each.boundingBox())!;
      expect(box.height).toBeGreaterThanOrEqual(40);
      expect(box.x + box.width).toBeLessThanOrEqual(360);
    }
    await move(page).tap();
    await expectTodos(page, ['one']);
    await expect(offer(page)).toContainText(`“two” was moved to “${name}”`);
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test.beforeEach(({ complaints }) => complaints.allow(SCRIPT_IS_HELD));

  const edit = async (page: Page, title: string): Promise<void> => {
    await row(page, title).hover();
    await row(page, title).locator('.rename').click();
    await expect(editor(page)).toHaveValue(title);
  };

  test('a todo moves up and down, and a title that is typed meanwhile is kept', async ({ page, app }) => {
    for (const title of ['one', 'two', 'three']) await app.create(title);
    await page.goto('/');
    await edit(page, 'three');
    const form = page.locator('.edit-form');
    await expect(form.getByRole('button')).toHaveText(['Save', 'Move up']);
    await editor(page).fill('tres');
    await form.getByRole('button', { name: 'Move up' }).click();
    await expect(rows(page).nth(1)).toHaveClass(/editing/);
    await expect(editor(page)).toHaveValue('tres');
    await expect(form.getByRole('button')).toHaveText(['Save', 'Move up', 'Move down']);
    await form.getByRole('button', { name: 'Move up' }).click();
    await expect(rows(page).first()).toHaveClass(/editing/);
    await form.getByRole('button', { name: 'Move down' }).click();
    await editor(page).press('Enter');
    await expectTodos(page, ['one', 'tres', 'two']);
    await expect(page).toHaveURL('/');
  });

  test('a todo moves to another list', async ({ page, app }) => {
    const garden = await app.createList('Garden');
    for (const title of ['one', 'two']) await app.create(title);
    await page.goto('/active');
    await edit(page, 'one');
    // Nothing is chosen yet: the browser says so, and does not send the form.
    await move(page).click();
    await expect(page).toHaveURL(/edit=/);
    await choice(page).selectOption('Garden');
    await move(page).click();
    await expect(page).toHaveURL('/active');
    await expectTodos(page, ['two']);
    await edit(page, 'two');
    await editor(page).fill('due');
    await choice(page).selectOption('Garden');
    await move(page).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Garden');
    await expect(editor(page)).toHaveValue('due');
    await editor(page).press('Enter');
    await expectTodos(page, ['one', 'due']);
    await expect(page).toHaveURL(`/lists/${garden}`);
  });

  test('on a phone the buttons of the form fit', async ({ page, app }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await app.createList('Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft');
    for (const title of ['one', 'two', 'three']) await app.create(title);
    await page.goto('/');
    await edit(page, 'two');
    for (const each of await page.locator('.edit-actions').locator('button, select, a').all()) {
      const box = (await each.boundingBox())!;
      expect(box.height).toBeGreaterThanOrEqual(40);
      expect(box.x + box.width).toBeLessThanOrEqual(360);
    }
  });
});
