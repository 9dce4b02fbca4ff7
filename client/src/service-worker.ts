/**
 * Serves the shell without a connection: the client's own files, which the bundle hash covers, and the page shells, which are the same for everybody and hold nothing of
 * anyone's. Never an answer of the API, never a tile of the log: what is not the shell goes to the server or fails.
 */

declare const self: ServiceWorkerGlobalScope;

const CACHE = `between-${BETWEEN_SHELL.hash}`;
const FILES: ReadonlySet<string> = new Set(BETWEEN_SHELL.files);

/** Addresses that a page can be reloaded at without a connection; a conversation's page is the same whichever it is. */
const PAGES = ['/home', '/inbox', '/settings', '/sign-in', '/security', '/favicon.svg'] as const;
const CONVERSATION = '/conversations/cnv_00000000000070008000000000000000';

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver());
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (FILES.has(url.pathname)) event.respondWith(fromCache(event.request, url.pathname));
  else if (event.request.mode === 'navigate') event.respondWith(fromServer(event.request, url.pathname));
});

async function keepShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([...FILES]);
  // Pages are asked for without cookies: a shell kept here is nobody's.
  await Promise.all([...PAGES, CONVERSATION].map((page) => cache.add(new Request(page, { credentials: 'omit', cache: 'no-store' }))));
  await self.skipWaiting();
}

async function takeOver(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith('between-') && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** A file's name holds the hash of its bytes: what is kept under it never changes. */
async function fromCache(request: Request, path: string): Promise<Response> {
  const kept = await (await caches.open(CACHE)).match(path);
  return kept ?? fetch(request);
}

/** The newest shell while there is a connection, the kept one while there is none. */
async function fromServer(request: Request, path: string): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(CACHE)).match(shellOf(path));
    if (kept) return kept;
    throw error;
  }
}

function shellOf(path: string): string {
  return path.startsWith('/conversations/') ? CONVERSATION : path;
}

export {};
