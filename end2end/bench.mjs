// Takes the figures of the page in a browser for `make bench`, which starts the server and fills the lists:
//   node bench.mjs ROUNDS PAGE_OF_100 PAGE_OF_1000 PAGE_OF_10000
// Prints one JSON object: for each figure the median of each round, in seconds. Plain JavaScript and no test runner,
// so that it is one process, and ends with the program that has started it.
import { chromium } from '@playwright/test';

/** How often something is done in a round. */
const LOADS = 5;
const TICKS = 15;
const LETTERS = 15;

/** Longer than anything takes here. */
const WAIT_MS = 60_000;

const [rounds, short, long, longest] = process.argv.slice(2);
if (longest === undefined) throw new Error('usage: node bench.mjs ROUNDS PAGE_OF_100 PAGE_OF_1000 PAGE_OF_10000');

// If the program that has started this one is killed, the pipe ends.
process.stdin.on('end', () => process.exit(1)).resume();

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  // As in playwright.config.ts: only our own pages are opened, and the internet is not used.
  args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
});

const median = (/** @type {number[]} */ all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];

/** Runs in the page before anything else: notes when it becomes interactive. */
function noteHydration() {
  new MutationObserver((_, observer) => {
    if (!document.documentElement?.hasAttribute('data-hydrated')) return;
    observer.disconnect();
    window.hydratedAt = performance.now();
  }).observe(document, { subtree: true, attributes: true, childList: true });
}

/** A page with an empty cache that is interactive. */
async function open(url) {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  await page.addInitScript(noteHydration);
  await page.goto(url);
  await page.waitForFunction(() => window.hydratedAt !== undefined);
  return page;
}

/** The same, and it has all todos and follows the list. */
async function openLive(url) {
  const page = await open(url);
  await page.waitForSelector('.connection-live', { state: 'attached' });
  await page.waitForLoadState('networkidle');
  // What is left to do for rows that are not in sight is not part of a tick.
  await page.waitForTimeout(1000);
  return page;
}

/** Milliseconds until the page is interactive: since it was asked for, and since its program has arrived. */
async function loading(url) {
  const page = await open(url);
  const found = await page.evaluate(() => {
    const program = performance.getEntriesByType('resource').find((it) => it.name.endsWith('.wasm'));
    return { all: window.hydratedAt, hydration: window.hydratedAt - program.responseEnd };
  });
  await page.context().close();
  return found;
}

/**
 * Does something at the beginning of a frame, and returns how many milliseconds it took until that frame was
 * painted. The message arrives after it.
 */
async function painted(page, kind) {
  const took = await page.evaluate((kind) => new Promise((resolve) => requestAnimationFrame(() => {
    const box = document.querySelector('.todo-list li .toggle');
    const wasDone = box.closest('li').classList.contains('completed');
    const since = performance.now();
    if (kind === 'tick') {
      box.click();
    } else {
      const field = document.querySelector('.palette input');
      field.value = field.value === 'todo 7' ? 'todo 8' : 'todo 7';
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      const isDone = document.querySelector('.todo-list li .toggle').closest('li').classList.contains('completed');
      if (kind === 'tick' && isDone === wasDone) resolve(NaN);
      else resolve(performance.now() - since);
    };
    port2.postMessage(0);
  })), kind);
  if (Number.isNaN(took)) throw new Error('a tick is not on the page in the same frame');
  // The event of it comes meanwhile.
  await page.waitForTimeout(100);
  return took;
}

async function many(count, take) {
  const all = [];
  for (let n = 0; n < count; n += 1) all.push(await take());
  return all;
}

const figures = { interactive: [], hydration: [], tick_long: [], tick_longest: [], palette: [] };
// The first one also starts what the browser starts only once.
await loading(short);
for (let round = 0; round < Number(rounds); round += 1) {
  const loads = await many(LOADS, () => loading(short));
  figures.interactive.push(median(loads.map((it) => it.all)));
  figures.hydration.push(median(loads.map((it) => it.hydration)));
  let page = await openLive(long);
  figures.tick_long.push(median(await many(TICKS, () => painted(page, 'tick'))));
  await page.context().close();
  page = await openLive(longest);
  figures.tick_longest.push(median(await many(TICKS, () => painted(page, 'tick'))));
  await page.keyboard.press('Control+k');
  await page.waitForSelector('.palette[open]');
  figures.palette.push(median(await many(LETTERS, () => painted(page, 'letter'))));
  await page.context().close();
}
await browser.close();
const inSeconds = Object.entries(figures).map(([name, all]) => [name, all.map((it) => it / 1000)]);
console.log(JSON.stringify(Object.fromEntries(inSeconds)));
process.exit(0);
