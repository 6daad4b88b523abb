/** Picture password: the pictures that are pressed line up, and the form goes when all are there. */
function restart(board) {
  for (const field of board.querySelectorAll("input[data-pressed]")) field.remove();
  for (const place of board.querySelectorAll(".pr-pictures-chosen li")) place.replaceChildren();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".pr-picture");
  const board = button?.closest("[data-pictures]");
  if (!board) return;
  event.preventDefault();
  const places = [...board.querySelectorAll(".pr-pictures-chosen li")];
  const place = places.find((each) => !each.hasChildNodes());
  if (!place) return;
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: board.dataset.name, value: button.value });
  field.dataset.pressed = "";
  board.append(field);
  place.append(button.querySelector("img").cloneNode());
  if (places.every((each) => each.hasChildNodes())) board.closest("form").requestSubmit();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-pictures-restart]");
  if (!link) return;
  event.preventDefault();
  restart(link.closest("[data-pictures]"));
});
