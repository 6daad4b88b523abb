/** Words that scripts show, written by the server in the reader's language. */
const source = document.getElementById("texts");

export function text(name) {
  return source?.dataset[name] ?? "";
}
