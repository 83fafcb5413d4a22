// The message field: a message over the socket comes back as an echo, and is shown on the server's console.
import type { Page } from '@playwright/test';
import { badge, expect, notices, open, SERVER_IS_DOWN, test } from '../support/app.ts';

declare global {
  interface Window {
    /** The sockets that the page has opened, for tests that use them. */
    sockets: WebSocket[];
  }
}

const box = (page: Page) => page.getByRole('textbox', { name: 'Send a message over the socket' });

test('a message is echoed as a notice, and logged', async ({ page, app }) => {
  await open(page);
  await box(page).fill('hello');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(notices(page)).toHaveText(['This is the message received by the server: hello']);
  await expect(box(page)).toHaveValue('');
  await expect.poll(() => app.console()).toContain('[SERVER LOG] Message received: hello');
});

test('a message to a socket that is closing stays in the field, with a sentence', async ({ page, app }) => {
  await page.addInitScript(() => {
    window.sockets = [];
    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL) {
        super(url);
        window.sockets.push(this);
      }
    };
  });
  await open(page);
  await box(page).fill('hello');
  // In one step, so that the page does not know yet that the socket is closing.
  await page.evaluate(() => {
    window.sockets.at(-1)!.close();
    document.querySelector<HTMLFormElement>('.message-form')!.requestSubmit();
  });
  await expect(notices(page)).toHaveText(['The message was not sent: there is no connection to the server.']);
  await expect(box(page)).toHaveValue('hello');
  await expect(badge(page)).toHaveText('Live');
  expect(app.console().filter((it) => it.startsWith('[SERVER LOG]'))).toEqual([]);
});

test('a message without an echo when the socket breaks is reported once, with its text', async ({ page, wire, complaints }) => {
  complaints.allow(SERVER_IS_DOWN);
  await open(page, wire.url);
  await box(page).fill('arrived');
  await box(page).press('Enter');
  await expect(notices(page)).toHaveText(['This is the message received by the server: arrived']);
  wire.swallow();
  for (const message of ['one', 'two']) {
    await box(page).fill(message);
    await box(page).press('Enter');
  }
  await expect(box(page)).toHaveValue('');
  wire.cut();
  wire.mend();
  const told = page.locator('.notice-error span');
  await expect(told).toHaveText(['The connection broke before the answer came. This may not have arrived: “one”, “two”']);
  await expect(badge(page)).toHaveText('Live');
  wire.cut();
  await expect(badge(page)).toHaveText(/^Offline/);
  await expect(told).toHaveCount(1);
});

test('messages are echoed one by one, in order, and as text', async ({ page, app, another }) => {
  await open(page);
  const other = await another();
  const messages = ['<b>bold</b>', '{"event":1}', 'grüße 👋 مرحبا'];
  for (const message of messages) {
    await box(page).fill(message);
    await box(page).press('Enter');
  }
  await expect(notices(page)).toHaveText(messages.map((it) => `This is the message received by the server: ${it}`));
  await expect(page.locator('.notice b')).toHaveCount(0);
  await expect.poll(() => app.console().filter((it) => it.startsWith('[SERVER LOG]')))
    .toEqual(messages.map((it) => `[SERVER LOG] Message received: ${it}`));
  await expect(notices(other), 'an echo is for its sender').toHaveCount(0);
});

test('an empty message is not sent', async ({ page, app }) => {
  await open(page);
  await box(page).press('Enter');
  await box(page).fill('after');
  await box(page).press('Enter');
  await expect(notices(page)).toHaveText(['This is the message received by the server: after']);
  await expect.poll(() => app.console().filter((it) => it.startsWith('[SERVER LOG]'))).toEqual(['[SERVER LOG] Message received: after']);
});

test('a very long message is shown shortened, and the connection stays', async ({ page }) => {
  await open(page);
  await box(page).fill('ä'.repeat(20_000));
  await box(page).press('Enter');
  await expect(notices(page)).toHaveText(/^This is the message received by the server: ä+…$/);
  await expect(badge(page)).toHaveText('Live');
});

test('a message without a connection is refused with a sentence, and stays in the field', async ({ page, app, complaints }) => {
  complaints.allow(SERVER_IS_DOWN);
  await open(page);
  await app.kill();
  await expect(badge(page)).toHaveText(/^Offline/);
  await box(page).fill('hello');
  await box(page).press('Enter');
  await expect(notices(page)).toHaveText(['The message was not sent: there is no connection to the server.']);
  await expect(box(page)).toHaveValue('hello');
  await app.start();
  await expect(badge(page)).toHaveText('Live');
  await box(page).press('Enter');
  await expect(notices(page).last()).toHaveText('This is the message received by the server: hello');
});
