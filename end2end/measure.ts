// Measures how long it takes until a click is seen in another window, until a list is loaded, and until a page
// notices that its server is gone: `npm run measure`. It only prints the figures, because they depend on the machine.
import type { Page } from '@playwright/test';
import { add, expect, open, saved, SERVER_IS_DOWN, test } from './support/app.ts';

const CLICKS = 200;
const TODOS = 1_000;
const LOADS = 5;
const FILTERS = 10;

/** With more todos than this, only the rows near the window are on the page. */
const WHOLE_ROWS_MAX = 1_000;

/** Notes when a change of a row has been painted, by a clock that both windows share. */
async function watchPaints(page: Page): Promise<void> {
  await page.evaluate(() => {
    const paints: number[] = [];
    Object.assign(window, { paints });
    const now = () => performance.timeOrigin + performance.now();
    const row = document.querySelector('.todo-list li')!;
    let wasDone = row.classList.contains('completed');
    new MutationObserver(() => {
      // A row that someone else has changed is also marked, which is no change of its own.
      const isDone = row.classList.contains('completed');
      if (isDone === wasDone) return;
      wasDone = isDone;
      // The change can be seen when the next frame is drawn.
      requestAnimationFrame(() => requestAnimationFrame(() => paints.push(now())));
    }).observe(document.querySelector('.todo-list li')!, { attributes: true, attributeFilter: ['class'] });
  });
}

const paints = (page: Page) => page.evaluate(() => (window as unknown as { paints: number[] }).paints);

/** Clicks from inside the page, so that Playwright's own time is not counted. */
async function click(page: Page): Promise<number> {
  return page.evaluate(() => {
    const at = performance.timeOrigin + performance.now();
    document.querySelector<HTMLInputElement>('.todo-list li .toggle')!.click();
    return at;
  });
}

function say(what: string, times: number[]): void {
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(part * times.length))]!.toFixed(1);
  console.log(`${what}: median ${at(0.5)} ms, p99 ${at(0.99)} ms, n = ${times.length}`);
}

for (const todos of [1, TODOS, 10 * TODOS]) {
  test(`a click, painted, in a list of ${todos}`, async ({ page, app, another }) => {
    test.setTimeout(180_000);
    await open(page);
    await add(page, 'Tick me');
    await saved(page);
    await app.createMany(todos - 1);
    await open(page);
    const other = await another();
    for (const window of [page, other]) {
      await expect(window.locator('.connection')).toHaveText('Live', { timeout: 60_000 });
      if (todos <= WHOLE_ROWS_MAX) await expect(window.locator('.todo-list li')).toHaveCount(todos, { timeout: 60_000 });
    }
    await watchPaints(page);
    await watchPaints(other);
    const clicks: number[] = [];
    for (let n = 0; n < CLICKS; n += 1) {
      clicks.push(await click(page));
      await expect.poll(async () => (await paints(other)).length, { intervals: [5] }).toBe(n + 1);
    }
    const own = await paints(page);
    const theirs = await paints(other);
    say(`${todos} todos, own window`, clicks.map((at, n) => own[n]! - at));
    say(`${todos} todos, other window`, clicks.map((at, n) => theirs[n]! - at));
  });
}

/** Does something inside the page, and says how long it took until it was painted. */
function painted(page: Page, act: 'all' | 'completed' | 'type'): Promise<number> {
  return page.evaluate(async (act) => {
    const field = document.querySelector<HTMLInputElement>('.new-todo')!;
    const at = performance.now();
    if (act === 'type') {
      field.value += 'x';
      field.dispatchEvent(new Event('input', { bubbles: true }));
    } else {
      document.querySelector<HTMLElement>(act === 'all' ? '.filters a[href="/"]' : '.filters a[href$="/completed"]')!.click();
    }
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return performance.now() - at;
  }, act);
}

for (const todos of [TODOS, 10 * TODOS]) {
  test(`filters and typing, painted, in a list of ${todos}`, async ({ page, app }) => {
    test.setTimeout(180_000);
    await app.createMany(todos);
    await open(page);
    await expect(page.locator('.connection')).toHaveText('Live', { timeout: 60_000 });
    const found: Record<'all' | 'completed' | 'type', number[]> = { completed: [], all: [], type: [] };
    for (let n = 0; n < FILTERS; n += 1) {
      for (const act of ['completed', 'all', 'type'] as const) {
        found[act].push(await painted(page, act));
        await page.waitForTimeout(500);
      }
    }
    say(`${todos} todos, to the completed ones`, found.completed);
    say(`${todos} todos, back to all`, found.all);
    say(`${todos} todos, a letter typed`, found.type);
  });
}

interface Loading {
  awake: number;
  first: number;
  whole: number;
  frame: number;
}

/** Notes when a page is interactive, when its first rows and all todos are there, and the longest frame in between. */
async function watchLoading(page: Page, todos: number): Promise<void> {
  const rowsMin = todos > WHOLE_ROWS_MAX ? 1 : todos;
  await page.addInitScript((rowsMin) => {
    const loading: Loading = { awake: 0, first: 0, whole: 0, frame: 0 };
    Object.assign(window, { loading });
    const rows = document.getElementsByClassName('toggle');
    let last = 0;
    const look = () => {
      const now = performance.now();
      if (!loading.first && rows.length > 0) loading.first = now;
      if (loading.awake) loading.frame = Math.max(loading.frame, now - last);
      if (!loading.awake && document.documentElement.hasAttribute('data-hydrated')) loading.awake = now;
      last = now;
      const isLive = document.querySelector('.connection-live') !== null;
      if (loading.awake && isLive && rows.length >= rowsMin) loading.whole = now;
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, rowsMin);
}

for (const todos of [1, TODOS, 10 * TODOS]) {
  test(`a list of ${todos}, loaded`, async ({ context, app }) => {
    test.setTimeout(300_000);
    await app.createMany(todos);
    const html = await (await fetch(app.url)).text();
    console.log(`${todos} todos, HTML: ${html.length} bytes`);
    const found: Loading[] = [];
    for (let n = 0; n < LOADS; n += 1) {
      // Another page each time, because leaving a page with thousands of rows also takes time.
      const page = await context.newPage();
      await watchLoading(page, todos);
      await page.goto('/');
      const loading = () => page.evaluate(() => (window as unknown as { loading: Loading }).loading);
      await expect.poll(async () => (await loading()).whole, { timeout: 120_000 }).toBeGreaterThan(0);
      found.push(await loading());
      await page.close();
    }
    say(`${todos} todos, first rows`, found.map((it) => it.first));
    say(`${todos} todos, awake`, found.map((it) => it.awake));
    say(`${todos} todos, all todos`, found.map((it) => it.whole));
    say(`${todos} todos, longest frame while rows come`, found.map((it) => it.frame));
  });
}

test('a server that is gone, noticed', async ({ page, app, complaints }) => {
  complaints.allow(SERVER_IS_DOWN);
  await open(page);
  const killed = Date.now();
  await app.kill();
  await expect(page.locator('.connection')).toContainText('Offline', { timeout: 60_000 });
  say('a killed server', [Date.now() - killed]);
  await app.start();
  const started = Date.now();
  await expect(page.locator('.connection')).toHaveText('Live', { timeout: 60_000 });
  say('back to live after its start', [Date.now() - started]);
});
