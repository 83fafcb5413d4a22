// Pictures of every state, at the width of a phone, of a tablet and of a desktop, light and dark. A picture that changes
// has to be looked at, and then replaced: `scripts/e2e.sh pictures --update-snapshots`.
import { expect, open, test, type Page } from '../support/app.ts';
import { drawBlocks } from '../support/blocks.ts';
import type { Server } from '../support/server.ts';

interface State {
  name: string;
  /** Makes the data, and goes to the page. */
  show: (page: Page, app: Server) => Promise<void>;
}

const TITLES = ['Send the invitations', 'Order the cake from Lena', 'Read https://example.org/chairs and borrow chairs', 'Buy ice'];

/** A list with four todos, one of them done, and another list. */
async function fill(app: Server): Promise<string> {
  await app.createList('Garden');
  const list = await app.createList('Summer party');
  const ids: string[] = [];
  for (const title of TITLES) ids.push(await app.create(title, list));
  await app.post('todos/complete', { list, id: ids[1]! });
  await app.post('todos/delete', { list, id: await app.create('Ask Bob', list) });
  return `/lists/${list}`;
}

const STATES: State[] = [
  { name: 'empty', show: async (page) => open(page) },
  { name: 'list', show: async (page, app) => open(page, await fill(app)) },
  {
    name: 'none-completed',
    show: async (page, app) => {
      await app.create('Buy milk');
      await open(page, '/completed');
    },
  },
  {
    name: 'selected',
    show: async (page, app) => {
      await open(page, await fill(app));
      await page.locator('.todo-list label').first().click({ modifiers: ['Control'] });
      await expect(page.locator('.selection')).toBeVisible();
    },
  },
  {
    name: 'edited',
    show: async (page, app) => {
      await open(page, await fill(app));
      await page.locator('.todo-list label').first().dblclick();
      await expect(page.locator('.edit')).toBeFocused();
    },
  },
  {
    name: 'found',
    show: async (page, app) => {
      await open(page, await fill(app));
      await page.keyboard.press('Control+k');
      await page.keyboard.type('ga');
    },
  },
  {
    name: 'keys',
    show: async (page, app) => {
      await open(page, await fill(app));
      await page.evaluate(() => document.getElementById('keys')!.showPopover());
    },
  },
  {
    name: 'lists',
    show: async (page, app) => {
      const path = await fill(app);
      await open(page, path);
      await page.goto(`${path}#lists`);
      await page.locator('.list-menu summary').click();
    },
  },
  {
    name: 'connection',
    show: async (page, app) => {
      await open(page, await fill(app));
      await page.evaluate(() => document.getElementById('connection')!.showPopover());
    },
  },
  {
    name: 'history',
    show: async (page, app) => {
      await page.goto(`${await fill(app)}/history`);
      await giveTimesOneLength(page);
    },
  },
  {
    name: 'trash',
    show: async (page, app) => {
      await page.goto(`${await fill(app)}/trash`);
      await giveTimesOneLength(page);
    },
  },
];

/** A time with an hour or a day of two digits is longer than one of one digit. */
async function giveTimesOneLength(page: Page): Promise<void> {
  await page.locator('time').evaluateAll((all) => {
    for (const it of all) it.textContent = 'Nov 24, 2026, 9:00 AM';
  });
}

const SIZES = [
  { width: 360, height: 640 },
  { width: 768, height: 700 },
  { width: 1440, height: 700 },
];

test.use({ bypassCSP: true, contextOptions: { reducedMotion: 'reduce' } });

for (const { name, show } of STATES) {
  test(`the page looks as it was last approved: ${name}`, async ({ page, app }) => {
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.setViewportSize(SIZES[0]!);
    await show(page, app);
    await drawBlocks(page);
    // No mouse over anything.
    await page.mouse.move(0, 0);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await expect.soft(page).toHaveScreenshot(`${name}-${size.width}-${colorScheme}.png`, {
          // Times are another one each time.
          mask: [page.locator('time')],
          // The edges of rounded corners differ a little between versions of the browser.
          maxDiffPixels: 60,
        });
      }
    }
  });
}
