/**
 * Opens the chat without a network. A page comes from the server whenever that answers in time, so
 * that none is older than the last deploy; the files it is made of carry their hash in their name,
 * and are taken from what is kept here.
 */
import type { Shell } from "./shell.ts";

declare const self: ServiceWorkerGlobalScope;

/** Put here by scripts/build-service-worker.mjs. */
declare const SHELL: Shell;

const PREFIX = "holdfast-shell-";
const CACHE = `${PREFIX}${SHELL.version}`;
/** A tab that was opened before a deploy still asks for files of the deploy before. */
const KEPT_SHELLS = 2;
/** A network that says nothing is as good as none. */
const PATIENCE_MS = 3_000;

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  // The console has nothing to show without a server: only the chat's page is kept.
  if (mode === "navigate" && pathname === "/") event.respondWith(newestPage(event));
  else if (mode !== "navigate" && isFile(pathname)) event.respondWith(keptOrFetched(event.request));
});

function isFile(pathname: string): boolean {
  return pathname.startsWith("/assets/") || SHELL.files.includes(pathname);
}

/** All or nothing: with a deploy in between, a file is missing or the page is another one. */
async function keepShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  const page = new Request("/", { cache: "reload", integrity: SHELL.page });
  try {
    await cache.addAll([page, ...SHELL.files]);
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
  await self.skipWaiting();
}

async function takeOver(): Promise<void> {
  const shells = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const old = shells.filter((name) => name !== CACHE).slice(0, 1 - KEPT_SHELLS);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

async function newestPage(event: FetchEvent): Promise<Response> {
  const answer = fromServer(event);
  event.waitUntil(answer);
  const inTime = await Promise.race([answer, afterPatience()]);
  if (inTime?.ok) return inTime;
  const kept = await caches.match("/", { cacheName: CACHE });
  return kept ?? inTime ?? (await answer) ?? Response.error();
}

async function fromServer(event: FetchEvent): Promise<Response | undefined> {
  try {
    const preloaded: Response | undefined = await event.preloadResponse;
    return preloaded ?? (await fetch(event.request));
  } catch {
    // Not reached: what is kept is shown instead.
    return undefined;
  }
}

function afterPatience(): Promise<undefined> {
  return new Promise((done) => setTimeout(() => done(undefined), PATIENCE_MS));
}

async function keptOrFetched(request: Request): Promise<Response> {
  const own = await caches.match(request, { cacheName: CACHE, ignoreVary: true });
  return own ?? (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
