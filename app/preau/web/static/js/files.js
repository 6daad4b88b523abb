/** Files: tick, drag, drop, paste and send with progress. The same forms do the same without script. */
const zone = document.querySelector("[data-files]");
const selection = document.querySelector("[data-selection]");
const boxes = () => [...document.querySelectorAll("[data-select]")];
const ticked = () => boxes().filter((box) => box.checked);
const token = document.querySelector("input[name=csrf_token]")?.value ?? "";
const CLIPBOARD = "preau:files:clipboard";
const FAILED = "preau:files:failed";

function count() {
  const number = ticked().length;
  const said = selection.querySelector("[data-selection-count]");
  const { one, many } = said.dataset;
  said.textContent = number === 0 ? "" : number === 1 ? one : many.replace("{}", number);
  selection.classList.toggle("is-empty", number === 0);
  const all = selection.querySelector("[data-select-all]");
  all.checked = number > 0 && number === boxes().length;
  all.indeterminate = number > 0 && !all.checked;
  for (const box of boxes()) box.closest("[data-node]").classList.toggle("is-chosen", box.checked);
}

function tickAll(on) {
  for (const box of boxes()) box.checked = on;
  count();
}

async function post(url, fields) {
  const body = new FormData();
  body.set("csrf_token", token);
  for (const [name, value] of fields) body.append(name, value);
  const answer = await fetch(url, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).message ?? "");
}

function arrange(ids, target, copying) {
  const fields = [...ids.map((id) => ["nodes", id]), ["target", target], ["action", copying ? "copier" : "deplacer"]];
  return post(zone.dataset.arrangeUrl, fields).then(() => location.reload(), (error) => say(error.message, "danger"));
}

/* Sending, one file after the other, each with its progress. */
const panel = zone?.querySelector("[data-upload]");
const bar = panel?.querySelector("[data-upload-progress]");
const status = panel?.querySelector("[data-upload-status]");

function say(message, tone = "") {
  if (!panel) return;
  panel.hidden = false;
  panel.dataset.tone = tone;
  status.textContent = message;
}

function send(file, path) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.set("csrf_token", token);
    body.set("path", path);
    body.set("files", file, file.name);
    request.open("POST", zone.dataset.uploadUrl);
    request.setRequestHeader("X-Requested-With", "fetch");
    request.upload.addEventListener("progress", (event) => (bar.value = (100 * event.loaded) / event.total));
    request.addEventListener("error", () => reject(new Error(status.dataset.network)));
    request.addEventListener("load", () => {
      if (request.status < 300) return resolve();
      if (request.status === 413) return reject(new Error(status.dataset.tooLarge));
      let message = "";
      try {
        message = JSON.parse(request.responseText).message;
      } catch {
        message = status.dataset.network;
      }
      return reject(new Error(message));
    });
    request.send(body);
  });
}

async function sendAll(files) {
  const failed = [];
  panel.classList.add("is-sending");
  for (const { file, path } of files) {
    bar.value = 0;
    say(status.dataset.sending.replace("{}", path || file.name));
    try {
      if (file.size > Number(status.dataset.largest)) throw new Error(status.dataset.tooLarge);
      await send(file, path);
    } catch (error) {
      failed.push(`${status.dataset.failed.replace("{}", file.name)} ${error.message}`);
    }
  }
  panel.classList.remove("is-sending");
  if (failed.length === files.length) return say(failed.join(" "), "danger");
  // What was saved shows at once; what was not is said above it.
  if (failed.length) sessionStorage.setItem(FAILED, `${failed.join(" ")} ${status.dataset.kept}`);
  else say(status.dataset.done, "success");
  location.reload();
}

/** Files of a drop, folders walked through. */
async function dropped(items) {
  const found = [];
  async function walk(entry, path) {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      found.push({ file, path: path + file.name });
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!batch.length) return;
      for (const inner of batch) await walk(inner, `${path}${entry.name}/`);
    }
  }
  for (const entry of [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean)) await walk(entry, "");
  return found;
}

const fromOutside = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

if (panel) {
  panel.hidden = false;
  const before = sessionStorage.getItem(FAILED);
  if (before) say(before, "danger");
  sessionStorage.removeItem(FAILED);
  zone.addEventListener("dragover", (event) => {
    if (!fromOutside(event)) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
  });
  zone.addEventListener("drop", async (event) => {
    zone.classList.remove("is-over");
    if (!fromOutside(event)) return;
    event.preventDefault();
    const plain = [...event.dataTransfer.files].map((file) => ({ file, path: "" }));
    const walked = await dropped(event.dataTransfer.items);
    sendAll(walked.length ? walked : plain);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length) sendAll(files.map((file) => ({ file, path: "" })));
  });
}

/* Rows dragged onto folders: move, or copy with the Control key. */
document.addEventListener("dragstart", (event) => {
  const row = event.target.closest?.("[data-node]");
  if (!row) return;
  const chosen = ticked().map((box) => box.value);
  const ids = chosen.includes(row.dataset.node) ? chosen : [row.dataset.node];
  event.dataTransfer.setData("application/x-preau", JSON.stringify(ids));
  event.dataTransfer.effectAllowed = "copyMove";
});
for (const folder of document.querySelectorAll("[data-folder]")) {
  folder.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("application/x-preau")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = event.ctrlKey ? "copy" : "move";
    folder.classList.add("is-target");
  });
  folder.addEventListener("dragleave", () => folder.classList.remove("is-target"));
  folder.addEventListener("drop", (event) => {
    const ids = JSON.parse(event.dataTransfer.getData("application/x-preau") || "[]");
    folder.classList.remove("is-target");
    if (!ids.length || ids.includes(folder.dataset.node)) return;
    event.preventDefault();
    event.stopPropagation();
    arrange(ids, folder.dataset.node, event.ctrlKey);
  });
}

/* Keys of every desktop: all, copy, cut, paste, rename, throw away. */
function keep(ids, copying) {
  sessionStorage.setItem(CLIPBOARD, JSON.stringify({ ids, copying }));
}

document.addEventListener("keydown", (event) => {
  if (!selection || event.target.closest("input:not([data-select]), textarea, select, dialog")) return;
  const ids = ticked().map((box) => box.value);
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === "a") tickAll(true);
  else if (event.key === "Escape" && ids.length) tickAll(false);
  else if (command && "cx".includes(event.key) && ids.length) keep(ids, event.key === "c");
  else if (command && event.key === "v" && zone?.dataset.writable && sessionStorage.getItem(CLIPBOARD)) {
    const { ids: kept, copying } = JSON.parse(sessionStorage.getItem(CLIPBOARD));
    sessionStorage.removeItem(CLIPBOARD);
    arrange(kept, zone.dataset.folderId, copying);
  } else if (event.key === "Delete" && ids.length) selection.querySelector("[data-throw-away]")?.click();
  else if (event.key === "F2" && ids.length === 1) ticked()[0].closest("[data-node]").querySelector("[data-rename]")?.click();
  else return;
  event.preventDefault();
});

if (selection) {
  const all = selection.querySelector("[data-select-all]");
  all.hidden = false;
  selection.querySelector("[data-select-label]").hidden = false;
  all.addEventListener("change", () => tickAll(all.checked));
  document.addEventListener("change", (event) => event.target.matches("[data-select]") && count());
  count();
}
