/** The service worker, and what is forgotten when somebody leaves a shared computer. */
if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-signout]")) return;
  navigator.serviceWorker?.controller?.postMessage("forget");
  try {
    window.sessionStorage.clear();
  } catch {
    // Storage is closed to us: there is nothing to forget.
  }
});

function network() {
  document.documentElement.classList.toggle("is-offline", !navigator.onLine);
}
window.addEventListener("online", network);
window.addEventListener("offline", network);
network();
