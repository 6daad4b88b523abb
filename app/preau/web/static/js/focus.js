/** Where reading goes on after part of the page was replaced, or a form came back refused. */
function settle(root) {
  const summary = root.querySelector(".pr-error-summary");
  if (summary) {
    summary.focus();
    return true;
  }
  return false;
}

settle(document);

document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail?.ctx?.target ?? event.target;
  if (!(target instanceof Element) || settle(target)) return;
  if (target.id === "main" && !target.contains(document.activeElement)) {
    document.getElementById("page")?.focus({ preventScroll: true });
  }
});

document.addEventListener("htmx:error", () => {
  const messages = document.getElementById("messages");
  const source = document.getElementById("network-error");
  if (messages && source && !messages.querySelector(".pr-network-error")) messages.append(source.content.cloneNode(true));
});
