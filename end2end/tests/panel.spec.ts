// The panel of the connection: where it is, what it says, and what of a visit can be read again.
import type { Page } from '@playwright/test';
import { badge, expect, field, notices, open, SERVER_IS_DOWN, test } from '../support/app.ts';

const panel = (page: Page) => page.getByRole('complementary', { name: 'Connection' });
const box = (page: Page) => page.getByRole('textbox', { name: 'Send a message over the socket' });
const said = (page: Page) => page.locator('.said li p');

test('beside the list it is there at all times, with a line for a terminal', async ({ page, app }) => {
  await open(page);
  await expect(box(page)).toBeVisible();
  await expect(page.locator('.by-hand code')).toHaveText(`websocat ws://localhost:${app.port}/ws`);
  await expect(panel(page).locator('.panel-state')).toHaveText('What anyone changes is here at once.');
  const [list, beside] = [await page.locator('.todoapp').boundingBox(), await panel(page).boundingBox()];
  expect(list!.x + list!.width, 'it does not cover the list').toBeLessThanOrEqual(beside!.x);
});

test('it tells how long the last echo took, and how many changes wait', async ({ page, app, complaints }) => {
  complaints.allow(SERVER_IS_DOWN);
  await open(page);
  const facts = panel(page).locator('dd');
  await expect(facts).toHaveText(['–', '0']);
  await box(page).fill('hello');
  await box(page).press('Enter');
  await expect(facts.first()).toHaveText(/^\d+ ms$/);
  await app.kill();
  await expect(badge(page)).toHaveText(/^Offline/);
  await field(page).fill('waits');
  await field(page).press('Enter');
  await expect(facts.last()).toHaveText('1');
  await expect(panel(page).locator('.panel-state')).toContainText('is kept here and goes out by itself');
});

test('what a visit has brought can be read again, and stands on the page only then', async ({ page, app }) => {
  await open(page);
  await expect(page.getByRole('button', { name: 'What came in so far' })).toBeHidden();
  await app.create('Buy milk');
  await box(page).fill('hello');
  await box(page).press('Enter');
  await expect(notices(page)).toHaveText(['“Buy milk” was added', 'This is the message received by the server: hello']);
  await expect(page.getByText('This is the message received by the server: hello')).toHaveCount(1);
  for (const _ of [1, 2]) await page.getByRole('button', { name: 'Dismiss' }).first().click();
  await page.getByRole('button', { name: 'What came in so far' }).click();
  await expect(said(page)).toHaveText(['This is the message received by the server: hello', 'You: hello', '“Buy milk” was added']);
});

test('a message of blanks is not sent, and one that is too long is refused at its field', async ({ page, app }) => {
  await open(page);
  await box(page).fill('   ');
  await box(page).press('Enter');
  await box(page).fill('ä'.repeat(32_769));
  await box(page).press('Enter');
  await expect(box(page)).toHaveAttribute('aria-invalid', 'true');
  await expect(box(page)).toHaveAccessibleDescription('That is longer than 64 KiB: please shorten it.');
  await box(page).fill('ä'.repeat(32_768));
  await expect(box(page)).not.toHaveAttribute('aria-invalid');
  await box(page).press('Enter');
  await expect(notices(page)).toHaveCount(1);
  await expect(badge(page)).toHaveText('Live');
  expect(app.console().filter((it) => it.startsWith('[SERVER LOG]')).length).toBe(1);
});

test('many notices become one, which leads to all of them', async ({ page }) => {
  await open(page);
  for (let count = 1; count <= 6; count++) {
    await box(page).fill(`message ${count}`);
    await box(page).press('Enter');
  }
  await expect(notices(page)).toHaveCount(4);
  await page.getByRole('button', { name: 'and 2 more' }).click();
  await expect(said(page)).toHaveCount(12);
});

test('a notice stays while it has the focus, and the focus stays on notices', async ({ page, app }) => {
  await page.clock.install();
  await open(page);
  await app.create('one');
  await app.create('two');
  await expect(notices(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Dismiss' }).first().focus();
  await page.clock.runFor(20_000);
  await expect(notices(page)).toHaveCount(2);
  await page.keyboard.press('Enter');
  await page.clock.runFor(100);
  await expect(notices(page)).toHaveText(['“two” was added']);
  await expect(page.getByRole('button', { name: 'Dismiss' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.clock.runFor(100);
  await expect(field(page)).toBeFocused();
});

for (const [name, width, height] of [['on a phone', 360, 740], ['on a tablet', 800, 1000], ['on a small desktop', 1100, 760]] as const) {
  test.describe(name, () => {
    test.use({ viewport: { width, height } });

    test('the badge opens it, Escape closes it, and the focus returns', async ({ page }) => {
      await open(page);
      await expect(panel(page)).toBeHidden();
      await badge(page).getByRole('button').click();
      await box(page).fill('hello');
      await box(page).press('Enter');
      await expect(panel(page).locator('dd').first()).toHaveText(/^\d+ ms$/);
      await page.keyboard.press('Escape');
      await expect(panel(page)).toBeHidden();
      await expect(badge(page).getByRole('button')).toBeFocused();
      await expect(notices(page)).toHaveText(['This is the message received by the server: hello']);
    });
  });
}
