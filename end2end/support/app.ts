// The base of every test: its own server, pages that must not report errors, and functions for what a person
// does and sees on the page.
import { type BrowserContext, type BrowserContextOptions, expect, type Locator, type Page, test as base } from '@playwright/test';
import { Server } from './server.ts';
import { Wire } from './wire.ts';

export { expect };
export type { Locator, Page };

/** A console line that only says that the server is down, for tests in which it is. */
export const SERVER_IS_DOWN = /WebSocket connection to .* failed|net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|FAILED|EMPTY_RESPONSE|INTERNET_DISCONNECTED|SOCKET_NOT_CONNECTED)/;

/** What Chromium says about a script that a test holds back. */
export const SCRIPT_IS_HELD = /was preloaded using link preload but not used/;

/** Errors, warnings and unhandled rejections of every page that a test opens. */
class Complaints {
  #lines: string[] = [];
  // What the test runner itself writes where it blocks our worker.
  #allowed = [/Service Worker registration blocked by Playwright/];

  /** Allows lines like these in this test. */
  allow(...patterns: RegExp[]): void {
    this.#allowed.push(...patterns);
  }

  /** Also notices violations of the content policy, which are errors on the console. */
  watch(context: BrowserContext): void {
    context.on('console', (line) => {
      if (['error', 'warning', 'assert'].includes(line.type())) this.#lines.push(`${line.type()}: ${line.text()} (${line.location().url})`);
    });
    context.on('weberror', (it) => this.#lines.push(`uncaught: ${it.error().stack ?? it.error().message}`));
    context.on('page', (page) => page.on('crash', () => this.#lines.push('the page crashed')));
  }

  get lines(): string[] {
    return this.#lines.filter((line) => !this.#allowed.some((it) => it.test(line)));
  }
}

interface Fixtures {
  app: Server;
  complaints: Complaints;
  /** A connection to the app that can be cut. */
  wire: Wire;
  /** Opens the app in another browser profile, as another person would. */
  another: (path?: string, options?: BrowserContextOptions) => Promise<Page>;
}

export const test = base.extend<Fixtures>({
  app: async ({}, use, testInfo) => {
    const app = new Server();
    await app.start();
    await use(app);
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('server', { body: `${app.console().join('\n')}\n\n${app.log()}` });
    }
    const panics = app.log().split('\n').filter((line) => line.includes('panicked at'));
    await app.remove();
    expect(panics, 'the server must not panic').toEqual([]);
  },

  baseURL: async ({ app }, use) => {
    await use(app.url);
  },

  wire: async ({ app }, use) => {
    const wire = await Wire.to(app);
    await use(wire);
    wire.remove();
  },

  complaints: async ({}, use) => {
    const complaints = new Complaints();
    await use(complaints);
    expect(complaints.lines, 'no page may complain on its console').toEqual([]);
  },

  context: async ({ context, complaints }, use) => {
    complaints.watch(context);
    await use(context);
  },

  another: async ({ browser, complaints }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (path = '/', options = {}) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      complaints.watch(context);
      const page = await context.newPage();
      await open(page, path);
      return page;
    });
    for (const context of contexts) await context.close();
  },
});

/** Opens a page, and waits until it is interactive and follows the list. */
export async function open(page: Page, path = '/'): Promise<void> {
  await page.goto(path);
  await awake(page);
  await expect(badge(page)).toHaveText('Live');
}

export async function awake(page: Page): Promise<void> {
  await expect(page.locator('html[data-hydrated]')).toBeAttached();
}

export const field = (page: Page): Locator => page.locator('.new-todo');
export const rows = (page: Page): Locator => page.locator('.todo-list li');
export const labels = (page: Page): Locator => page.locator('.todo-list label');
export const notices = (page: Page): Locator => page.locator('.notice span');
export const badge = (page: Page): Locator => page.locator('.connection');
/** Why the text in the field for new todos was refused. */
export const refusal = (page: Page): Locator => page.locator('.header .refused');
export const editor = (page: Page): Locator => page.locator('.todo-list .edit');
export const filter = (page: Page, name: string): Locator => page.locator('.filters').getByRole('link', { name, exact: true });

export function row(page: Page, title: string): Locator {
  return rows(page).filter({ has: page.getByText(title, { exact: true }) });
}

export function toggle(page: Page, title: string): Locator {
  return row(page, title).locator('.toggle');
}

export async function add(page: Page, ...titles: string[]): Promise<void> {
  for (const title of titles) {
    await field(page).fill(title);
    await field(page).press('Enter');
  }
}

/** Checks the titles of all todos that are shown, and which of them are done. */
export async function expectTodos(page: Page, titles: string[], done: string[] = []): Promise<void> {
  await expect(labels(page)).toHaveText(titles);
  await expect(page.locator('.todo-list li.completed label')).toHaveText(done);
  await expect(page.locator('.todo-list .toggle:checked')).toHaveCount(done.length);
}

/** Waits until no row says that it is still being sent. */
export async function saved(page: Page, options: { timeout?: number } = {}): Promise<void> {
  await expect(page.locator('.todo-list .state').filter({ hasText: /\S/ })).toHaveCount(0, options);
}

/** Waits until an element stands still, and says how far it is from the top of the window. */
export async function stillAt(it: Locator): Promise<number> {
  let last = NaN;
  await expect.poll(async () => {
    const before = last;
    last = (await it.boundingBox())?.y ?? NaN;
    return last - before;
  }, { intervals: [200] }).toBe(0);
  return last;
}

/** Waits until the log has everything that was done here: the page has got an event for each of its commands. */
export async function confirmed(page: Page): Promise<void> {
  const waiting = () => page.evaluate(() => Object.keys(localStorage).filter((it) => it.startsWith('todoapp/wish/')).length);
  await expect.poll(waiting).toBe(0);
}

/** Pastes a text into the field for new todos, as the browser does. */
export async function paste(page: Page, text: string): Promise<void> {
  await field(page).evaluate((it, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    const isLeftToBrowser = it.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    if (isLeftToBrowser) document.execCommand('insertText', false, text);
  }, text);
}
