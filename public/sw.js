// Keeps the program and the last page of each list that was seen, so that they open without a network. It always
// asks the server first: what is kept is shown only when the server can't be reached, and that page says so.
const PAGES = 'todoapp-pages-1';
const BOARDS = 'todoapp-boards-1';
const FILES = 'todoapp-files-1';

// Of how many lists the page is kept. The longest have a few megabytes each.
const PAGES_MAX = 50;

// What each page needs, in the folder of its version of the program.
const PROGRAM = ['todoapp.js', 'todoapp.wasm', 'todoapp.css'];

// What all versions share.
const SHARED = ['/page.js', '/offline.js', '/icons.svg', '/favicon.svg', '/app.webmanifest'];

// What a proxy answers when the server behind it is down, and the server when its database is.
const DOWN = [502, 503, 504];

// What is noted of a kept page: when it was so, its own address, and the folder of its program.
const AT = 'x-kept-ms';
const PATH = 'x-path';
const FOLDER = 'x-folder';

addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const files = await caches.open(FILES);
    await files.addAll(SHARED);
    await skipWaiting();
  })());
});

addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith('todoapp-') && ![PAGES, BOARDS, FILES].includes(name)) await caches.delete(name);
    }
    await registration.navigationPreload?.enable();
    await clients.claim();
    // The page that has started this was loaded without it.
    for (const { url } of await clients.matchAll({ type: 'window' })) {
      await fetch(url).then((answer) => keep(new URL(url), answer)).catch(() => {});
    }
  })());
});

addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // Everything that changes something goes its own way, and so does what the page asks the server for.
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(event, url));
  else if (url.pathname.startsWith('/pkg/')) event.respondWith(file(request));
  else if (SHARED.includes(url.pathname)) event.respondWith(shared(request));
});

// The list that an address shows the todos of, as the key of its page. None for other pages.
function listOf(url) {
  const found = /^(?:\/(lists\/[a-z0-9]+))?(?:\/|\/active|\/completed)?$/.exec(url.pathname);
  return found && `/${found[1] ?? ''}`;
}

async function page(event, url) {
  const list = listOf(url);
  try {
    const answer = await event.preloadResponse ?? await fetch(event.request);
    const kept = DOWN.includes(answer.status) && await keptPage(list, url);
    if (kept) return kept;
    if (list) event.waitUntil(keep(url, answer.clone()).catch(() => {}));
    return answer;
  } catch {
    return await keptPage(list, url) ?? nothingKept();
  }
}

// The board that is being kept. The page that is loaded next may need it, so it waits for it.
let keeping = Promise.resolve();

// A page that is left tells its board, which may be newer than what the server had rendered.
addEventListener('message', (event) => {
  const list = listOf(new URL(event.source.url));
  if (!list) return;
  keeping = keeping.then(() => keepBoard(list, event.data)).catch(() => {});
  event.waitUntil(keeping);
});

async function keepBoard(list, board) {
  if (!await (await caches.open(PAGES)).match(list)) return;
  await (await caches.open(BOARDS)).put(list, new Response(board, { headers: { [AT]: `${Date.now()}` } }));
}

// The page of a list as it was last seen. Nothing where it is not kept.
async function keptPage(list, url) {
  const kept = list && await (await caches.open(PAGES)).match(list);
  if (!kept) return undefined;
  // It shows what its own address says: all todos, or the open ones.
  if (kept.headers.get(PATH) !== url.pathname || url.search) return Response.redirect(kept.headers.get(PATH));
  await keeping;
  const board = await (await caches.open(BOARDS)).match(list);
  const at = (board ?? kept).headers.get(AT);
  // In a script, `<` might end it.
  const text = board && (await board.text()).replaceAll('<', '\\u003c');
  const script = text ? `<script type="application/json" id="kept-board">${text}</script>` : '';
  const html = (await kept.text()).replace('<html', `<html data-kept-ms="${at}"`).replace('</head>', () => `${script}</head>`);
  return new Response(html, { headers: kept.headers });
}

async function forget(list) {
  for (const name of [PAGES, BOARDS]) await (await caches.open(name)).delete(list);
}

async function keep(url, answer) {
  const list = listOf(url);
  if (!list) return;
  const pages = await caches.open(PAGES);
  if (answer.status === 404) {
    await forget(list);
    return;
  }
  // An address with parameters has an error in it, or a field with a text.
  if (!answer.ok || answer.redirected || url.search) return;
  const html = await answer.text();
  const folder = /\/pkg\/[0-9a-f]+\//.exec(html)?.[0];
  if (!folder) return;
  // First the program, so that no page is kept without its own.
  const files = await caches.open(FILES);
  for (const name of PROGRAM) {
    if (!await files.match(folder + name)) await files.add(folder + name);
  }
  const headers = new Headers(answer.headers);
  for (const name of ['content-encoding', 'content-length']) headers.delete(name);
  headers.set(AT, `${Date.now()}`);
  headers.set(PATH, url.pathname);
  headers.set(FOLDER, folder);
  // The last one seen stands last, so that the first ones go.
  await forget(list);
  await pages.put(list, new Response(html, { headers }));
  await tidy(pages, files);
}

// Forgets pages beyond the most that are kept, and the files of programs that no kept page needs.
async function tidy(pages, files) {
  const keys = await pages.keys();
  const gone = keys.slice(0, Math.max(0, keys.length - PAGES_MAX));
  for (const key of gone) await forget(new URL(key.url).pathname);
  const kept = await Promise.all(keys.slice(gone.length).map((key) => pages.match(key)));
  const folders = new Set(kept.map((it) => it?.headers.get(FOLDER)));
  for (const key of await files.keys()) {
    const folder = /^\/pkg\/[0-9a-f]+\//.exec(new URL(key.url).pathname)?.[0];
    if (folder && !folders.has(folder)) await files.delete(key);
  }
}

// The address of a file of the program has its version in it, so what is kept is what was asked for.
async function file(request) {
  return await (await caches.open(FILES)).match(request) ?? fetch(request);
}

async function shared(request) {
  const files = await caches.open(FILES);
  try {
    const answer = await fetch(request);
    if (answer.ok) await files.put(request, answer.clone());
    return answer;
  } catch {
    return await files.match(request) ?? Response.error();
  }
}

function nothingKept() {
  const text = `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>No connection · todoapp</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<h1>No connection</h1><p>The server can’t be reached, and this page is not kept in this browser.
What you have not sent yet is safe.</p><p><a href="">Try again</a> · <a href="/">Home</a></p>`;
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  };
  return new Response(text, { status: 503, headers });
}
