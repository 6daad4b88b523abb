/** «Partager avec…»: a proposal that is ticked joins the chosen ones; one that is unticked leaves them. */
document.addEventListener("change", (event) => {
  const choice = event.target.closest(".pr-chip input");
  const picker = choice?.closest("[data-picker]");
  if (!picker) return;
  const chosen = picker.querySelector("[data-chosen]");
  const item = choice.closest("li");
  const twin = [...chosen.querySelectorAll("input")].find((each) => each !== choice && each.value === choice.value);
  if (!choice.checked) {
    if (chosen.contains(item)) {
      item.remove();
      picker.querySelector("[data-picker-input]").focus();
    }
  } else if (twin) {
    item.remove();
  } else if (!chosen.contains(item)) {
    chosen.append(item);
    choice.focus();
  }
});
