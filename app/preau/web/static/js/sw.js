/** Service worker. PREAU (version, assets, offline, signIn) is written above by the server. */
const SHELL = `preau-shell-${PREAU.version}`;
const PAGES = "preau-pages-";
const MOST_PAGES = 40;
const LONGEST = 2 * 24 * 3600 * 1000;

async function install() {
  const cache = await caches.open(SHELL);
  await cache.addAll([...PREAU.assets, new Request(PREAU.offline, { credentials: "omit" })]);
  await self.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith("preau-shell-") && name !== SHELL) await caches.delete(name);
  }
  await self.clients.claim();
}

async function forget(except = null) {
  for (const name of await caches.keys()) {
    if (name.startsWith(PAGES) && name !== except) await caches.delete(name);
  }
}

/** Keep a page for the person the server names; a page for nobody of the sign-in kind empties the shelf. */
async function remember(request, response) {
  const person = response.headers.get("Preau-Person");
  if (!person) {
    if (new URL(request.url).pathname === PREAU.signIn) await forget();
    return;
  }
  const shelf = PAGES + person;
  await forget(shelf);
  const cache = await caches.open(shelf);
  await cache.delete(request.url);
  await cache.put(request.url, response);
  const kept = await cache.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - MOST_PAGES))) await cache.delete(old);
}

async function kept(request) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PAGES)) continue;
    const page = await (await caches.open(name)).match(request.url);
    if (page && Date.now() - Date.parse(page.headers.get("Date")) < LONGEST) return page;
  }
  return null;
}

async function page(event) {
  try {
    const response = await fetch(event.request);
    if (response.ok && response.type === "basic") event.waitUntil(remember(event.request, response.clone()));
    return response;
  } catch {
    return (await kept(event.request)) ?? (await caches.match(PREAU.offline)) ?? Response.error();
  }
}

async function file(request) {
  return (await caches.match(request)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(forget());
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(event));
});
