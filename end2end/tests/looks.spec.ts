// What can be checked about the looks: accessible names and contrast, in light and dark, and the page on a phone.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { Server } from '../support/server.ts';
import { add, badge, editor, expect, field, notices, open, row, rows, saved, SCRIPT_IS_HELD, SERVER_IS_DOWN, test, toggle } from '../support/app.ts';

/** Opens a page with everything on it at once. */
async function openFull(page: Page, app: Server): Promise<void> {
  await open(page);
  await add(page, 'Buy milk', 'Call the plumber', 'Water the roses');
  await toggle(page, 'Buy milk').check();
  await saved(page);
  await app.create('Pay the rent');
  await add(page, 'x'.repeat(501));
  await field(page).fill('half');
  await page.locator('.message').fill('hello');
  await page.locator('.message').press('Enter');
  await expect(notices(page)).toHaveCount(2);
}

async function expectNoViolations(page: Page): Promise<void> {
  // Colours are checked after their transitions have ended.
  await page.evaluate(() => Promise.all(document.getAnimations().map((it) => it.finished.catch(() => {}))));
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter((it) => it.impact === 'serious' || it.impact === 'critical');
  expect(grave.map((it) => `${it.id}: ${it.nodes.map((node) => `${node.html} ${node.failureSummary ?? ''}`).join('\n')}`)).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: 'reduce' } });

    test('a full page has no serious faults', async ({ page, app }) => {
      await openFull(page, app);
      await expectNoViolations(page);
    });

    test('a row under the mouse and a row that is being renamed have no serious faults', async ({ page, app }) => {
      await openFull(page, app);
      await row(page, 'Call the plumber').locator('label').dblclick();
      await expect(editor(page)).toBeFocused();
      await row(page, 'Pay the rent').hover();
      await expectNoViolations(page);
    });

    test('selected todos with the choice of another list have no serious faults', async ({ page, app }) => {
      await app.createList('Garden');
      await openFull(page, app);
      await row(page, 'Call the plumber').locator('label').click({ modifiers: ['Control'] });
      await expect(page.getByRole('combobox', { name: 'Move to another list' })).toBeVisible();
      await expectNoViolations(page);
    });

    test('the form that moves a todo without JavaScript has no serious faults', async ({ page, app, complaints }) => {
      complaints.allow(SCRIPT_IS_HELD);
      await app.createList('Garden');
      await app.create('one');
      const two = await app.create('two');
      await app.create('three');
      // Held for ever, so that the page stays as it was sent.
      await page.route('**/*.wasm', () => {});
      await page.goto(`/?edit=${two}`);
      await expect(page.locator('.edit-form').getByRole('button')).toHaveText(['Save', 'Move up', 'Move down', 'Move']);
      await expectNoViolations(page);
    });

    test('a refused todo and a title that others replaced have no serious faults', async ({ page, app, complaints }) => {
      complaints.allow(/the server responded with a status of 409/);
      await open(page);
      await add(page, 'one');
      await row(page, 'one').locator('label').dblclick();
      await editor(page).fill('mine');
      await page.keyboard.press('Enter');
      await saved(page);
      await app.post('todos/rename', { list: 'home', id: (await app.board()).todos[0]!.id, title: 'theirs' });
      await expect(page.getByRole('button', { name: 'Take mine back' })).toBeVisible();
      const full = { error: { code: 'list_full', message: 'The list is full.' } };
      await page.route('**/api/commands', (route) => route.fulfill({ json: { results: [full] } }));
      await add(page, 'one too many');
      await expect(page.getByText('one too many was not saved. The list is full.')).toBeVisible();
      await expectNoViolations(page);
    });

    test('the palette has no serious faults', async ({ page, app }) => {
      await openFull(page, app);
      await page.keyboard.press('Control+k');
      await page.keyboard.type('the');
      await expectNoViolations(page);
    });

    test('an empty list and the page of an unknown list have no serious faults', async ({ page, complaints }) => {
      complaints.allow(/the server responded with a status of 404/);
      await open(page);
      await expectNoViolations(page);
      await page.goto('/lists/nosuchlist');
      await expectNoViolations(page);
    });

    test('a page without its server has no serious faults', async ({ page, app, complaints }) => {
      complaints.allow(SERVER_IS_DOWN);
      await openFull(page, app);
      await app.kill();
      await expect(badge(page)).toHaveText(/^Offline/);
      await add(page, 'waits');
      await expectNoViolations(page);
    });
  });
}

test('every control has a name', async ({ page, app }) => {
  await openFull(page, app);
  await row(page, 'Call the plumber').locator('label').dblclick();
  for (const role of ['button', 'textbox', 'checkbox', 'link'] as const) {
    const all = page.getByRole(role);
    expect(await all.count()).toBeGreaterThan(0);
    await expect(page.getByRole(role, { name: /\S/ })).toHaveCount(await all.count());
  }
  await expect(page.getByRole('checkbox', { name: 'Buy milk', exact: true })).toBeChecked();
  await expect(page.getByRole('status')).toHaveText('Live');
  await expect(page.getByRole('region', { name: 'Notices' })).toHaveAttribute('aria-live', 'polite');
});

test('the dark page is dark', async ({ page }) => {
  const paper = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await open(page);
  const light = await paper();
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await paper()).not.toBe(light);
});

test('with letters of twice the size nothing scrolls sideways, and nothing is cut', async ({ page, app }) => {
  await app.createList('Garden');
  await openFull(page, app);
  for (const width of [1280, 640]) {
    await page.setViewportSize({ width, height: 800 });
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    for (const each of await page.locator('.todo-list label, h1, .filters a, .clear-completed, .top a, .connection').all()) {
      const at = await each.boundingBox();
      if (at) expect(at.x + at.width, await each.innerText()).toBeLessThanOrEqual(width);
    }
  }
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('nothing scrolls sideways, and long words wrap', async ({ page, app }) => {
    const list = await app.createList('Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(2));
    const long = 'https://example.org/' + 'abcdefghij'.repeat(40);
    for (const path of ['/', `/lists/${list}`]) {
      await open(page, path);
      await add(page, 'Buy milk', long);
      await toggle(page, 'Buy milk').check();
      await saved(page);
      await app.create(long.slice(0, 300), path === '/' ? 'home' : list);
      await expect(notices(page)).toHaveCount(1);
      const width = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, page: innerWidth }));
      expect(width.scroll, path).toBeLessThanOrEqual(360);
      expect(width.page, path).toBe(360);
      for (const each of await page.locator('.todo-list label, .notice, h1, .footer, .filters a, .clear-completed').all()) {
        const at = await each.boundingBox();
        if (at) expect(at.x + at.width, await each.innerText()).toBeLessThanOrEqual(360);
      }
    }
  });

  test('every control is big enough for a finger', async ({ page }) => {
    await open(page);
    await add(page, 'Buy milk');
    await saved(page);
    await expect(row(page, 'Buy milk').locator('.destroy')).toHaveCSS('opacity', '1');
    for (const each of await page.locator('.rename, .destroy, .filters a, .open-lists, .new-todo').all()) {
      const at = await each.boundingBox();
      expect(Math.min(at?.width ?? 0, at?.height ?? 0), await each.evaluate((it) => it.outerHTML)).toBeGreaterThanOrEqual(40);
    }
    await row(page, 'Buy milk').locator('.destroy').tap();
    await expect(rows(page)).toHaveCount(0);
  });

  test('a notice does not cover the field for new todos', async ({ page, app }) => {
    await open(page);
    await app.create('Buy milk');
    await expect(notices(page)).toHaveCount(1);
    await add(page, 'Buy bread');
    await expect(rows(page)).toHaveCount(2);
  });
});
