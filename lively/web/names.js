// Names for assistive technology, and keys that must leave a picture again.

const CONTROLS = ".widget-inline-hbox, .widget-hslider, .widget-toggle-buttons";

/** Give every control its visible label as its accessible name. */
function nameControls(page) {
  for (const control of page.querySelectorAll(CONTROLS)) {
    const label = control.querySelector(".widget-label");
    if (!label?.textContent) continue;
    const name = label.textContent;
    const handles = control.querySelectorAll('[role="slider"]');
    const readout = control.querySelector(".widget-readout");
    handles.forEach((handle, i) => {
      const end = handles.length > 1 ? [", lower end", ", upper end"][i] : "";
      handle.setAttribute("aria-label", name + end);
      // The slider's own text has all the digits of a binary number.
      const shown = readout?.textContent.split(" – ")[i]?.trim();
      if (shown) handle.setAttribute("aria-valuetext", shown);
      handle.setAttribute("aria-disabled", String(control.hasAttribute("disabled") ||
        control.querySelector(".noUi-target")?.hasAttribute("disabled") || false));
    });
    // One control is one stop of the Tab key; its number is read out by the handle.
    readout?.setAttribute("contenteditable", "false");
    if (control.matches(".widget-toggle-buttons")) {
      control.setAttribute("role", "group");
      control.setAttribute("aria-label", name);
      for (const button of control.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", String(button.classList.contains("mod-active")));
      }
    }
  }
}

/** Mark controls that have no effect, so that their words can be as faint as they are. */
function markOff(page) {
  for (const control of page.querySelectorAll(".lively-control:is(.widget-slider, .widget-checkbox)")) {
    control.classList.toggle("lively-off", Boolean(control.querySelector(":disabled, [disabled]")));
  }
}

/** Give every picture its words, and let keys pass through it. */
function namePictures(page) {
  for (const frame of page.querySelectorAll(".lively-picture")) {
    const picture = frame.querySelector(FIGURE);
    const words = frame.querySelector(".lively-alternative");
    if (!picture || !words) continue;
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", words.textContent.trim());
    words.setAttribute("aria-hidden", "true");
    if (!picture.dataset.lively) {
      picture.dataset.lively = "named";
      // ipympl keeps every key, Tab too; these pictures use none.
      for (const kind of ["keydown", "keyup"]) {
        frame.addEventListener(kind, (event) => event.stopPropagation(), { capture: true });
      }
    }
  }
}

/** Say of what is dimmed that it is on its way. */
function nameStale(page) {
  for (const card of page.querySelectorAll(".lively-card")) {
    card.setAttribute("aria-busy", String(card.classList.contains("lively-stale")));
  }
}
