/** What every page gets when there is script; every page works without. */
import "./menus.js";
import "./dialogs.js";
import "./focus.js";
import "./shortcuts.js";
import "./forms.js";
import "./picker.js";
import "./pictures.js";
import "./read_aloud.js";
import "./offline.js";

document.documentElement.classList.add("has-script");
// On a phone the tabs are wider than the screen: the one that is open must show.
document.querySelector(".pr-tabs [aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });
