/** Menus made of details/summary: one open at a time, closed by Escape or by going elsewhere. */
const open = () => document.querySelectorAll("details.pr-drop[open]");

function close(except = null) {
  for (const menu of open()) if (menu !== except) menu.open = false;
}

document.addEventListener("click", (event) => close(event.target.closest("details.pr-drop")));
document.addEventListener("focusin", (event) => close(event.target.closest("details.pr-drop")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  const field = event.target.closest("[data-suggestions]");
  if (field) document.getElementById(field.dataset.suggestions).replaceChildren();
});

/** Up and down keys walk the suggestions below a field. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const form = event.target.closest("[role=search]");
  if (!form) return;
  const stops = [form.querySelector("[data-suggestions]"), ...form.querySelectorAll(".pr-suggestions a")];
  const here = stops.indexOf(event.target);
  if (here < 0 || stops.length < 2) return;
  event.preventDefault();
  stops[(here + (event.key === "ArrowDown" ? 1 : -1) + stops.length) % stops.length].focus();
});

/** Suggestions go when one leaves the search. */
document.addEventListener("focusout", (event) => {
  const form = event.target.closest("[role=search]");
  if (form && event.relatedTarget && !form.contains(event.relatedTarget)) {
    form.querySelector(".pr-suggestions")?.replaceChildren();
  }
});
