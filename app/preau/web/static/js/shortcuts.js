/** Keyboard shortcuts; off while one types, and with any modifier key (assistive tools use those). */
const PLACES = { a: "/", n: "/notifications/", p: "/preferences/" };
let going = false;

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable='true']") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (going) {
    going = false;
    if (key === "m") document.querySelector("#menu a")?.focus();
    else if (PLACES[key] && document.getElementById("menu")) window.location.assign(PLACES[key]);
    return;
  }
  if (key === "g") {
    going = true;
    setTimeout(() => (going = false), 1500);
  } else if (key === "/") {
    event.preventDefault();
    document.getElementById("site-search")?.focus();
  } else if (key === "?") {
    document.getElementById("shortcuts")?.showModal();
  }
});
