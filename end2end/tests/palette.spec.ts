// The palette (Ctrl+K): one field that finds lists, todos and what can be done.
import { add, expect, expectTodos, field, filter, type Locator, open, type Page, test, toggle } from '../support/app.ts';

const palette = (page: Page): Locator => page.getByRole('dialog', { name: 'Find' });
const options = (page: Page): Locator => palette(page).getByRole('option');
const chosen = (page: Page): Locator => palette(page).getByRole('option', { selected: true });

async function find(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await expect(palette(page)).toBeVisible();
  await page.keyboard.type(text);
}

test('a todo is found by words of its title, and has the focus then', async ({ page }) => {
  await open(page);
  await add(page, 'Buy oat milk', 'Call the plumber', 'Milk the cow');
  await toggle(page, 'Call the plumber').check();
  await filter(page, 'Active').click();
  await find(page, 'milk buy');
  await expect(chosen(page)).toHaveText(/^Buy oat milk/);
  await page.keyboard.press('Enter');
  await expect(palette(page)).toBeHidden();
  await expect(toggle(page, 'Buy oat milk')).toBeFocused();
  // Also one that the filter hides.
  await find(page, 'plumb');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/');
  await expect(toggle(page, 'Call the plumber')).toBeFocused();
});

test('a list is found by its name, also where two have the same', async ({ page, app }) => {
  await app.createList('Garden');
  const second = await app.createList('Garden');
  await open(page);
  await expect(page.locator('.lists bdi')).toHaveText(['Home', 'Garden', 'Garden (2)']);
  await find(page, 'gard');
  await expect(options(page).first()).toHaveText('GardenList');
  await page.keyboard.press('ArrowDown');
  await expect(chosen(page)).toHaveText('Garden (2)List');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/lists/${second}`);
});

test('what can be done is found, and only what can be done', async ({ page }) => {
  await open(page);
  await find(page, 'clear');
  await expect(options(page)).toHaveText(['clearNew todo']);
  await page.keyboard.press('Escape');
  await add(page, 'one', 'two');
  await toggle(page, 'one').check();
  await find(page, 'clear');
  await page.keyboard.press('Enter');
  await expectTodos(page, ['two']);
  await find(page, 'take back');
  await page.keyboard.press('Enter');
  await expectTodos(page, ['one', 'two'], ['one']);
  await find(page, 'completed todos');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/completed');
  await find(page, 'write');
  await page.keyboard.press('Enter');
  await expect(field(page)).toBeFocused();
});

test('what is not found can become a todo', async ({ page }) => {
  await open(page);
  await find(page, 'Water the roses');
  await expect(options(page)).toHaveText(['Water the rosesNew todo']);
  await page.keyboard.press('Enter');
  await expectTodos(page, ['Water the roses']);
});

test('Enter that ends the composing of a word chooses nothing yet', async ({ page }) => {
  await open(page);
  await find(page, '買い物');
  await palette(page).getByRole('combobox').dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true });
  await expect(palette(page)).toBeVisible();
  await page.keyboard.press('Enter');
  await expectTodos(page, ['買い物']);
});

test('it closes with Escape and with a click beside it, and the focus is where it was', async ({ page }) => {
  await open(page);
  await add(page, 'one');
  await toggle(page, 'one').focus();
  await find(page, '<b>x</b>');
  await expect(chosen(page)).toHaveText('<b>x</b>New todo');
  await page.keyboard.press('Escape');
  await expect(palette(page)).toBeHidden();
  await expect(toggle(page, 'one')).toBeFocused();
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(palette(page).getByRole('combobox')).toHaveValue('');
  await page.mouse.click(5, 300);
  await expect(palette(page)).toBeHidden();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('it is opened and used with a finger', async ({ page, app }) => {
    await app.createList('Garden');
    await open(page);
    await page.getByRole('button', { name: 'Find' }).tap();
    const box = (await palette(page).boundingBox())!;
    expect(box.x + box.width).toBeLessThanOrEqual(360);
    await options(page).filter({ hasText: 'Open the lists' }).tap();
    await expect(page.locator('.side-bar')).toBeVisible();
  });
});
