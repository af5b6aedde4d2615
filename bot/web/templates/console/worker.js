// Stands beside the console's pages: says so in words when the shop cannot be reached, and shows notifications on phones.
// It keeps nothing of the shop: only the page that says so, and what that page looks like.

const CACHE = {{ ("xiaoer-" ~ version) | tojson }};
const OFFLINE = {{ offline | tojson }};
const KEPT = {{ kept | tojson }};

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([OFFLINE, ...KEPT])));
});

self.addEventListener("activate", (event) => {
  const old = async () => Promise.all((await caches.keys()).filter((name) => name.startsWith("xiaoer-") && name !== CACHE).map((name) => caches.delete(name)));
  event.waitUntil(old().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  else if (KEPT.includes(new URL(request.url).pathname)) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { address } = event.notification.data;
  const show = async () => {
    const [open] = await self.clients.matchAll({ type: "window" });
    if (!open) return self.clients.openWindow(address);
    open.postMessage({ open: address });
    return open.focus();
  };
  event.waitUntil(show());
});
