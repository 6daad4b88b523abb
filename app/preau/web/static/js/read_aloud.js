/** Reads a text with the browser's own French voice, for those who cannot read yet. */
const voice = window.speechSynthesis;

function show(root) {
  for (const button of root.querySelectorAll("[data-read][hidden]")) button.hidden = false;
}

if (voice) {
  show(document);
  document.addEventListener("htmx:after:swap", () => show(document));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-read]");
    if (!button) return;
    if (voice.speaking) {
      voice.cancel();
      return;
    }
    const words = new SpeechSynthesisUtterance(document.getElementById(button.dataset.read)?.innerText ?? "");
    words.lang = "fr-FR";
    words.rate = 0.9;
    voice.speak(words);
  });
}
