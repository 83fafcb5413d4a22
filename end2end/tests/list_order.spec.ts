// Lists are put into another order in the side bar: with the mouse, a finger or the keyboard.
import type { Page } from '@playwright/test';
import { add, badge, expect, open, SERVER_IS_DOWN, test } from '../support/app.ts';
import { type Half, holdOver } from '../support/drag.ts';

const BACK_MS_MAX = 20_000;

const names = (page: Page) => page.locator('.lists a');
const entry = (page: Page, name: string) => page.locator('.lists li').filter({ has: page.getByRole('link', { name, exact: true }) });
const grip = (page: Page, name: string) => page.getByRole('button', { name: `Move the list ${name}`, exact: true });
const undo = (page: Page) => page.locator('.undo');

const hold = (page: Page, name: string, target: string, half: Half) => holdOver(page, entry(page, name), entry(page, target), half);

async function drag(page: Page, name: string, target: string, half: Half): Promise<void> {
  await hold(page, name, target, half);
  await page.mouse.up();
}

test.beforeEach(async ({ app }) => {
  for (const name of ['one', 'two', 'three']) await app.createList(name);
});

test('a list is dragged to another place, every window has the new order, and it can be taken back', async ({ page, another }) => {
  await open(page);
  const bob = await another();
  await drag(page, 'three', 'one', 'upper');
  for (const each of [page, bob]) await expect(names(each)).toHaveText(['Home', 'three', 'one', 'two']);
  await drag(page, 'Home', 'two', 'lower');
  for (const each of [page, bob]) await expect(names(each)).toHaveText(['three', 'one', 'two', 'Home']);
  await page.reload();
  await expect(names(page)).toHaveText(['three', 'one', 'two', 'Home']);
  await expect(badge(page)).toHaveText('Live');
  await drag(page, 'two', 'three', 'upper');
  for (const each of [page, bob]) await expect(names(each)).toHaveText(['two', 'three', 'one', 'Home']);
  await undo(page).getByRole('button', { name: 'Undo' }).click();
  for (const each of [page, bob]) await expect(names(each)).toHaveText(['three', 'one', 'two', 'Home']);
});

test('the buttons of the menu follow where a list was dragged to', async ({ page }) => {
  await open(page);
  const button = (name: string) => page.locator('.list-menu').getByRole('button', { name });
  await page.locator('.list-menu summary').click();
  await expect(button('Move up')).toBeHidden();
  await drag(page, 'Home', 'three', 'lower');
  await expect(names(page)).toHaveText(['one', 'two', 'three', 'Home']);
  await expect(button('Move down')).toBeHidden();
  await button('Move up').click();
  await expect(names(page)).toHaveText(['one', 'two', 'Home', 'three']);
  await expect(button('Move down')).toBeVisible();
});

test('a list that is dropped where it was does not move, and nothing is offered to be taken back', async ({ page, app }) => {
  const head = async (): Promise<unknown> => (await (await fetch(`${app.url}/api/lists`)).json()).head;
  await open(page);
  const before = await head();
  await drag(page, 'two', 'one', 'lower');
  await drag(page, 'two', 'three', 'upper');
  await expect(names(page)).toHaveText(['Home', 'one', 'two', 'three']);
  await expect(undo(page)).toBeHidden();
  expect(await head()).toEqual(before);
});

test('a todo and a list never take each other\'s place', async ({ page }) => {
  await open(page);
  await add(page, 'Water');
  await entry(page, 'three').hover();
  const from = (await grip(page, 'three').boundingBox())!;
  const to = (await page.locator('.todo-list li').boundingBox())!;
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 5 });
  await expect(page.locator('.gap-above, .gap-below')).toHaveCount(0);
  await page.mouse.up();
  await expect(names(page)).toHaveText(['Home', 'one', 'two', 'three']);
  await expect(page.locator('.held')).toHaveCount(0);
});

test('with the keyboard a list is picked up, moved and dropped, and screen readers are told', async ({ page, another }) => {
  await open(page);
  const bob = await another();
  const said = page.locator('.spoken[aria-live]');
  await grip(page, 'three').focus();
  await page.keyboard.press('Space');
  await expect(said).toContainText('Position 4 of 4');
  await page.keyboard.press('ArrowUp');
  await expect(said).toHaveText('Position 3 of 4');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await expect(said).toHaveText('Position 2 of 4');
  await page.keyboard.press('Space');
  await expect(said).toHaveText('Dropped at 2 of 4');
  for (const each of [page, bob]) await expect(names(each)).toHaveText(['Home', 'three', 'one', 'two']);
  await expect(grip(page, 'three')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  await page.keyboard.press('Escape');
  await expect(said).toHaveText('Left where it was');
  await expect(names(page)).toHaveText(['Home', 'three', 'one', 'two']);
});

test('a list that is held stays in the hand and lands where the gap was shown, whatever others do meanwhile', async ({ page, another, app }) => {
  await open(page);
  const bob = await another();
  await hold(page, 'three', 'one', 'lower');
  await expect(entry(page, 'three')).toHaveClass(/held/);
  // Its number and its name change, and the others move.
  const { lists } = await (await fetch(`${app.url}/api/lists`)).json() as { lists: { id: string; name: string }[] };
  const three = lists.find((it) => it.name === 'three')!.id;
  await app.create('Water', three);
  await expect(entry(page, 'three').locator('.list-open')).toHaveText('1');
  await app.post('lists/rename', { list: three, name: 'drei' });
  await expect(entry(page, 'drei')).toHaveClass(/held/);
  await drag(bob, 'two', 'Home', 'upper');
  await expect(names(page)).toHaveText(['two', 'Home', 'one', 'drei']);
  await drag(bob, 'one', 'two', 'upper');
  await expect(names(page)).toHaveText(['one', 'two', 'Home', 'drei']);
  await page.mouse.up();
  for (const each of [page, bob]) await expect(names(each)).toHaveText(['one', 'drei', 'two', 'Home']);
});

test('lists that are moved without a network stay there, and everyone sees it when there is one', async ({ page, another, wire, complaints }) => {
  complaints.allow(SERVER_IS_DOWN);
  await open(page, wire.url);
  const bob = await another();
  wire.cut();
  await expect(badge(page)).toHaveText(/^Offline/);
  await drag(page, 'three', 'Home', 'upper');
  await drag(page, 'one', 'two', 'lower');
  await expect(names(page)).toHaveText(['three', 'Home', 'two', 'one']);
  await expect(names(bob)).toHaveText(['Home', 'one', 'two', 'three']);
  wire.mend();
  for (const each of [page, bob]) await expect(names(each)).toHaveText(['three', 'Home', 'two', 'one'], { timeout: BACK_MS_MAX });
  await expect(badge(page)).toHaveText('Live', { timeout: BACK_MS_MAX });
  await expect(names(page)).toHaveText(['three', 'Home', 'two', 'one']);
});

test.describe('on a phone', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 360, height: 740 } });

  test('a finger on the handle moves the list in the drawer', async ({ page, context }) => {
    await open(page);
    await page.getByRole('link', { name: 'Lists', exact: true }).tap();
    const from = (await grip(page, 'three').boundingBox())!;
    const to = (await entry(page, 'Home').boundingBox())!;
    const cdp = await context.newCDPSession(page);
    const touch = (type: string, y: number) =>
      cdp.send('Input.dispatchTouchEvent', { type: type as 'touchStart', touchPoints: type === 'touchEnd' ? [] : [{ x: from.x + from.width / 2, y }] });
    await touch('touchStart', from.y + from.height / 2);
    for (let step = 1; step <= 5; step++) await touch('touchMove', from.y + ((to.y + 5 - from.y) * step) / 5);
    await touch('touchEnd', 0);
    await expect(names(page)).toHaveText(['three', 'Home', 'one', 'two']);
    await expect(names(page).first()).toBeVisible();
  });
});
