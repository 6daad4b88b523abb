/** Dialogs: opened by [data-dialog], and asked before a form that carries [data-confirm] is sent. */
import { text } from "./texts.js";

const agreed = new WeakSet();

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
});

function element(tag, attributes = {}, content = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = content;
  return made;
}

/** Ask; resolves to true when the person agrees. Focus goes back where it was. */
export function ask(title, message, label) {
  const dialog = element("dialog", { class: "pr-dialog", "aria-labelledby": "ask-title", "aria-describedby": "ask-text" });
  const form = element("form", { method: "dialog" });
  const yes = element("button", { class: "btn btn-danger", value: "yes" }, label);
  const no = element("button", { class: "btn btn-quiet", value: "no", autofocus: "" }, text("cancel"));
  form.append(yes, no);
  dialog.append(element("h2", { id: "ask-title" }, title), element("p", { id: "ask-text" }, message), form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    if (!form.dataset.confirm || agreed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { confirm, confirmTitle, confirmLabel } = form.dataset;
    if (await ask(confirmTitle ?? "", confirm, confirmLabel ?? text("confirm"))) {
      agreed.add(form);
      form.requestSubmit(event.submitter);
    }
  },
  { capture: true },
);
