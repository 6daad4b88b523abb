/** The offline page lists the pages that the service worker kept on this device. */
const list = document.getElementById("kept");

async function titleOf(response, address) {
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  return parsed.title || new URL(address).pathname;
}

async function show() {
  if (!("caches" in window)) return;
  for (const name of await caches.keys()) {
    if (!name.startsWith("preau-pages-")) continue;
    const cache = await caches.open(name);
    for (const request of (await cache.keys()).reverse()) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = request.url;
      link.textContent = await titleOf(await cache.match(request), request.url);
      item.append(link);
      list.append(item);
    }
  }
  document.getElementById("kept-section").hidden = !list.hasChildNodes();
}

document.querySelector("[data-retry]").addEventListener("click", (event) => {
  event.preventDefault();
  window.location.reload();
});

// A device says that it is online before anything passes: the page comes back once the server has answered.
async function comeBack() {
  if (!navigator.onLine) return;
  const answer = await fetch("/sw.js", { method: "HEAD", cache: "no-store" }).catch(() => null);
  if (answer) window.location.reload();
}

window.addEventListener("online", comeBack);
window.setInterval(comeBack, 3000);
show();
