// Says at the top of a served page what is wrong with it, and keeps from its controls what they would not
// answer. It needs no widget.

(() => {
  const RELOAD = "Reload";
  const CONTROLS = "input, select, textarea, button, [role=slider], [contenteditable]";
  const EVENTS = ["pointerdown", "mousedown", "click", "dblclick", "keydown", "beforeinput", "drop"];

  const banner = document.createElement("div");
  banner.className = "lively-banner";
  const words = document.createElement("div");
  words.setAttribute("role", "alert");
  banner.append(words);
  let shown = null;
  let marked = [];

  function show(trouble) {
    if (shown === trouble) return;
    const first = !shown;
    shown = trouble;
    const text = document.createElement("span");
    text.textContent = trouble.text;
    words.replaceChildren(text);
    if (trouble.reload) {
      const reload = document.createElement("button");
      reload.textContent = RELOAD;
      reload.addEventListener("click", () => location.reload());
      words.append(reload);
    }
    // The header stands first; what comes after it may be loaded still.
    document.querySelector(".lively-header").after(banner);
    if (first) mark();
  }

  function hide() {
    shown = null;
    banner.remove();
    for (const [control, before] of marked) {
      if (before === null) control.removeAttribute("aria-disabled");
      else control.setAttribute("aria-disabled", before);
    }
    marked = [];
    delete document.body.dataset.livelyAnswers;
  }

  /** Mark all controls as not answering. */
  function mark() {
    document.body.dataset.livelyAnswers = "no";
    for (const control of document.querySelectorAll(`#rendered_cells :is(${CONTROLS})`)) {
      marked.push([control, control.getAttribute("aria-disabled")]);
      control.setAttribute("aria-disabled", "true");
    }
  }

  /** Keep from a control what it would not answer. The keyboard can leave it, and load the page again. */
  function refuse(event) {
    if (!shown || !event.target.closest?.(`#rendered_cells :is(${CONTROLS}, .noUi-target)`)) return;
    const key = event.type === "keydown" && event;
    if (key && (key.key === "Tab" || key.ctrlKey || key.metaKey || /^F\d/.test(key.key))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  for (const kind of EVENTS) document.addEventListener(kind, refuse, { capture: true });
  /** `show` takes a text and whether loading the page again may help; `shown` is what is said now. */
  window.livelyBanner = { show, hide, get shown() { return shown; } };
})();
