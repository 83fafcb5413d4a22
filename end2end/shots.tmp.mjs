import { chromium } from '@playwright/test';
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
const port = 3978, out = process.argv[2] ?? '/tmp/shots';
rmSync('/tmp/w/s.db', { force: true });
for (const f of ['-wal','-shm']) rmSync('/tmp/w/s.db'+f, { force: true });
const server = spawn(process.env.TODOAPP_BIN ?? '../target/release/todoapp', ['--listen', `127.0.0.1:${port}`, '--database-url', 'sqlite:/tmp/w/s.db'], { stdio: 'ignore' });
await new Promise((r) => setTimeout(r, 1000));
const base = `http://localhost:${port}`;
const post = async (p, f) => (await fetch(base + '/api/' + p, { method: 'POST', body: new URLSearchParams(f) })).json();
for (const t of ['Buy milk', 'Call the plumber about the kitchen sink, which has been dripping since last Tuesday', 'Book train to Basel', 'Water the plants', 'Send Ada the photos']) await post('todos/create', { list: 'home', title: t });
let board = await (await fetch(base + '/api/board?list=home')).json();
await post('todos/complete', { list: 'home', id: board.todos[3].id });
for (const n of ['Groceries', 'Garden', 'Reading list of a very long name that does not fit into the side bar']) await post('lists/create', { name: n });
await post('todos/delete', { list: 'home', id: board.todos[2].id });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
for (const [w, h] of [[360, 740], [1280, 800]]) for (const scheme of ['light', 'dark']) {
  const ctx = await browser.newContext({ viewport: { width: w, height: h }, colorScheme: scheme, hasTouch: w < 500 });
  const page = await ctx.newPage();
  const shot = async (name) => page.screenshot({ path: `${out}/${name}-${w}-${scheme}.png` });
  await page.goto(base); await page.locator('html[data-hydrated]').waitFor(); await page.waitForTimeout(500);
  await shot('list');
  await page.locator('.todo-list li').first().locator('label').click({ modifiers: ['Control'] });
  await page.locator('.todo-list li').nth(1).locator('label').click({ modifiers: ['Control'] });
  await shot('selected');
  await page.keyboard.press('Escape');
  if (w < 900) { await page.goto(base + '/#lists'); await page.waitForTimeout(300); await shot('drawer'); }
  await page.goto(base + '/trash'); await shot('trash');
  await page.goto(base + '/history'); await shot('history');
  await ctx.close();
}
await browser.close(); server.kill();
