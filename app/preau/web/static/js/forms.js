/** Forms: show a password, drop files, keep what is typed in this tab until it has been received. */
import { text } from "./texts.js";

const PREFIX = "preau:draft:";
const person = document.querySelector("meta[name=preau-person]")?.content ?? "";

function storage() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

const kept = storage();

function values(form) {
  return [...form.elements].filter(
    (field) => field.name && (field.tagName === "TEXTAREA" || ["text", "url", "email", "search"].includes(field.type)),
  );
}

function draftKey(form) {
  return `${PREFIX}${person}:${form.dataset.keep}`;
}

function save(form) {
  kept?.setItem(draftKey(form), JSON.stringify(Object.fromEntries(values(form).map((field) => [field.name, field.value]))));
}

function restore(form) {
  const draft = JSON.parse(kept?.getItem(draftKey(form)) ?? "null");
  if (!draft || form.querySelector(".pr-error-summary")) return;
  const fields = values(form).filter((field) => draft[field.name] && field.value === "");
  for (const field of fields) field.value = draft[field.name];
  if (fields.length) form.prepend(document.getElementById("draft-restored").content.cloneNode(true));
}

function forgetReceived() {
  if (!kept) return;
  const refused = [...document.querySelectorAll("form[data-keep]")].filter((form) => form.querySelector(".pr-error-summary"));
  const here = new Set(refused.map(draftKey));
  const sent = JSON.parse(kept.getItem("preau:sent") ?? "[]");
  for (const key of sent) if (!here.has(key)) kept.removeItem(key);
  kept.removeItem("preau:sent");
}

function revealPassword(group) {
  const field = group.querySelector("input");
  const button = document.createElement("button");
  const label = () => (button.textContent = text(field.type === "password" ? "showPassword" : "hidePassword"));
  button.type = "button";
  button.className = "btn btn-outline-primary";
  button.setAttribute("aria-controls", field.id);
  button.addEventListener("click", () => {
    field.type = field.type === "password" ? "text" : "password";
    label();
  });
  label();
  group.append(button);
}

function acceptDrops(zone) {
  const field = zone.querySelector("input[type=file]");
  const over = (on) => (event) => {
    event.preventDefault();
    zone.classList.toggle("is-over", on);
  };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    if (!event.dataTransfer.files.length) return;
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function prepare(root) {
  for (const group of root.querySelectorAll("[data-password]:not([data-ready])")) {
    group.dataset.ready = "";
    revealPassword(group);
  }
  for (const zone of root.querySelectorAll("[data-drop-zone]:not([data-ready])")) {
    zone.dataset.ready = "";
    acceptDrops(zone);
  }
  for (const form of root.querySelectorAll("form[data-keep]:not([data-ready])")) {
    form.dataset.ready = "";
    restore(form);
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-keep]");
  if (form) save(form);
});
document.addEventListener("submit", (event) => {
  if (!event.target.dataset.keep || !kept) return;
  kept.setItem("preau:sent", JSON.stringify([draftKey(event.target)]));
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-discard-draft]");
  if (!button) return;
  const form = button.closest("form");
  kept?.removeItem(draftKey(form));
  form.reset();
  button.closest(".pr-alert").remove();
});
// htmx sends the whole form of a button: a preview needs the text alone, not the files chosen beside it.
document.addEventListener("htmx:config:request", (event) => {
  const only = event.target.dataset?.only?.split(" ");
  const body = event.detail?.ctx?.request?.body;
  if (only && body instanceof FormData) for (const name of new Set(body.keys())) if (!only.includes(name)) body.delete(name);
});
document.addEventListener("htmx:after:swap", () => prepare(document));

forgetReceived();
prepare(document);
