/** Preferences: show a look as it is being chosen, and put tiles in order by dragging. */
const root = document.documentElement;
const attributes = { palette: "palette", scheme: "bsTheme", contrast: "contrast", font: "font", text_size: "text", face: "face" };

document.querySelector("[data-preview]")?.addEventListener("change", ({ target }) => {
  const attribute = attributes[target.name];
  if (attribute && target.value) root.dataset[attribute] = target.value;
});

const arrange = document.querySelector("[data-arrange]");
const list = arrange?.querySelector("ol");
let dragged = null;

list?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("li");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.id);
});
list?.addEventListener("dragover", (event) => {
  const over = event.target.closest("li");
  if (!dragged || !over) return;
  event.preventDefault();
  if (over === dragged) return;
  const { top, height } = over.getBoundingClientRect();
  over[event.clientY < top + height / 2 ? "before" : "after"](dragged);
});
list?.addEventListener("drop", (event) => {
  if (!dragged) return;
  event.preventDefault();
  arrange.requestSubmit();
});
