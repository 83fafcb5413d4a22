// Takes the README's pictures of the real program with a real list: `npm run screenshots`.
import { join } from 'node:path';
import { add, expect, notices, open, saved, test, toggle } from './support/app.ts';

const docs = join(import.meta.dirname, '../docs');

const PICTURES = [
  { name: 'desktop', colorScheme: 'light', width: 1100, height: 760 },
  { name: 'desktop-dark', colorScheme: 'dark', width: 1100, height: 760 },
  { name: 'phone', colorScheme: 'light', width: 390, height: 780 },
  { name: 'phone-dark', colorScheme: 'dark', width: 390, height: 780 },
] as const;

for (const { name, colorScheme, width, height } of PICTURES) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport: { width, height }, hasTouch: width < 500, isMobile: width < 500, deviceScaleFactor: width < 500 ? 2 : 1 });

    test(`${name}.png`, async ({ page, app }) => {
      const path = `/lists/${await app.createList('Summer party')}`;
      await open(page, path);
      await add(page, 'Send the invitations', 'Order the cake from Lena', 'Borrow chairs from number 12', 'Playlist: ask Amir', 'Buy ice cubes');
      await saved(page);
      await toggle(page, 'Send the invitations').check();
      await saved(page);
      const { todos } = await app.board(path.split('/').at(-1));
      await app.post('todos/complete', { list: path.split('/').at(-1)!, id: todos[1]!.id });
      await expect(notices(page)).toHaveText(['“Order the cake from Lena” was completed']);
      await page.mouse.move(0, 0);
      await page.evaluate(() => Promise.all(document.getAnimations().map((it) => it.finished)));
      await page.screenshot({ path: join(docs, `${name}.png`) });
    });
  });
}
