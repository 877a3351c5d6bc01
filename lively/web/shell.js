// What Python cannot do from the kernel: names for assistive technology, the room that a picture has,
// keys that must leave a picture again, and a word when the kernel is gone.

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

/** Give every picture its words, and let keys pass through it. */
function namePictures(page) {
  for (const frame of page.querySelectorAll(".lively-picture")) {
    const picture = frame.querySelector(".jupyter-matplotlib-canvas-div");
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

/** Added to the length of a run of pixels that keep their colours. */
const KEPT = 1 << 15;

/**
 * Show frames that come as runs of one colour, as `lively/runs.py` writes them.
 *
 * ipympl's own way is a PNG for each frame, which the browser asks for and decodes beside the page:
 * both are waited for, and an image that replaces one still being decoded loses it.
 *
 * Returns a promise of the first frame.
 */
function streamFrames(canvas) {
  let frame = null;
  let pixels = null;
  let shownFirst;
  const first = new Promise((done) => (shownFirst = done));
  const show = (top, bottom) => {
    canvas.offscreen_context.putImageData(frame, 0, 0, 0, top, frame.width, bottom - top);
    canvas._for_each_view((view) => view.update_canvas());
  };
  canvas.handle_runs = ({ width, height, whole }, buffers) => {
    if (frame?.width !== width || frame?.height !== height) {
      if (!whole) return canvas.send_message("refresh");
      // An image of ipympl's own that is still being decoded would be an older one.
      canvas.image.onload = null;
      canvas.image = document.createElement("canvas");
      frame = new ImageData(width, height);
      pixels = new Uint32Array(frame.data.buffer);
    }
    // The buffers of a message need not lie where numbers of several bytes may start.
    const [lengths, colours] = buffers.map((part) =>
      part.buffer.slice(part.byteOffset, part.byteOffset + part.byteLength));
    const colour = new Uint32Array(colours);
    let next = 0;
    let start = -1;
    let last = 0;
    let at = 0;
    // Most runs are a pixel or two, for which `fill` takes longer than the pixels do.
    for (const length of new Uint16Array(lengths)) {
      if (length < KEPT) {
        if (start < 0) start = at;
        const told = colour[next++];
        for (last = at + length; at < last; at++) pixels[at] = told;
      } else {
        at += length - KEPT;
      }
    }
    show(Math.floor(Math.max(start, 0) / width), Math.ceil(last / width));
    canvas.waiting_for_image = false;
    shownFirst();
  };
  const watchRatio = () => {
    // Another screen, or the browser's own zoom. ipympl reads the ratio once.
    const ratio = window.devicePixelRatio;
    if (ratio !== canvas.ratio) {
      canvas.ratio = ratio;
      canvas.resize_canvas();
      canvas._for_each_view((view) => view.resize_and_update_canvas(canvas.get("_size")));
      canvas.send_message("set_device_pixel_ratio", { device_pixel_ratio: ratio });
    }
    matchMedia(`(resolution: ${ratio}dppx)`).addEventListener("change", watchRatio, { once: true });
  };
  const resize = canvas.resize_canvas.bind(canvas);
  canvas.resize_canvas = () => {
    // A canvas that takes another size is empty; the last frame stays until the next one is there.
    resize();
    if (frame) show(0, frame.height);
  };
  watchRatio();
  return first;
}

/** Let Python send frames unasked, once all canvases can take them; wait for the first of each. */
async function watchFrames(model) {
  const canvases = await Promise.all(
    model.get("canvases").map((id) => model.widget_manager.get_model(id)),
  );
  if (!canvases.every((canvas) => canvas?.offscreen_context && canvas._for_each_view)) return;
  const shown = canvases.map(streamFrames);
  model.set("streaming", true);
  model.save_changes();
  await Promise.all(shown);
}

/** Tell Python how much room each picture has. */
function watchSizes(page, model) {
  let waiting = 0;
  const tell = () => {
    const sizes = [...page.querySelectorAll(".lively-picture")].map((frame) => [
      Math.floor(frame.clientWidth),
      Math.floor(frame.clientHeight),
    ]);
    // Pictures that are out of sight, or too small to see anything in, keep the size they had.
    const known = sizes.length && sizes.every(([width, height]) => width >= 120 && height >= 120);
    if (known && JSON.stringify(sizes) !== JSON.stringify(model.get("sizes"))) {
      model.set("sizes", sizes);
      model.save_changes();
    }
  };
  const observer = new ResizeObserver(() => {
    clearTimeout(waiting);
    waiting = setTimeout(tell, 60);
  });
  const watched = new Set();
  return {
    update() {
      for (const frame of page.querySelectorAll(".lively-picture")) {
        if (!watched.has(frame)) observer.observe(frame);
        watched.add(frame);
      }
    },
    stop() {
      clearTimeout(waiting);
      observer.disconnect();
    },
  };
}

/** Show a banner once the kernel or the server is gone. */
function watchKernel(model) {
  const kernel = model.widget_manager?.kernel;
  if (!kernel) return () => {};
  let banner = null;
  let leaving = false;
  const show = (text) => {
    if (banner || leaving) return;
    banner = document.createElement("div");
    banner.className = "lively-banner";
    banner.setAttribute("role", "alert");
    const reload = document.createElement("button");
    reload.textContent = "Reload";
    reload.addEventListener("click", () => location.reload());
    banner.append(text, reload);
    document.body.prepend(banner);
    reload.focus({ preventScroll: true });
  };
  const hide = () => {
    banner?.remove();
    banner = null;
  };
  const onStatus = (_, status) => {
    if (["dead", "restarting", "autorestarting", "terminating"].includes(status)) {
      show("The computation behind this page has stopped. ");
    }
  };
  const onConnection = (_, status) => {
    if (status === "connected") hide();
    else show("The connection to the server is lost. ");
  };
  const onLeave = () => (leaving = true);
  kernel.statusChanged.connect(onStatus);
  kernel.connectionStatusChanged.connect(onConnection);
  window.addEventListener("pagehide", onLeave);
  return () => {
    kernel.statusChanged.disconnect(onStatus);
    kernel.connectionStatusChanged.disconnect(onConnection);
    window.removeEventListener("pagehide", onLeave);
    hide();
  };
}

function render({ model, el }) {
  let stop = () => {};
  let page = null;
  const start = () => {
    page = el.closest(".lively-page");
    if (!page) return;
    const sizes = watchSizes(page, model);
    const stopKernel = watchKernel(model);
    watchFrames(model).finally(() => page.ownerDocument.querySelector(".lively-poster")?.remove());
    const update = () => {
      observer.disconnect();
      nameControls(page);
      namePictures(page);
      nameStale(page);
      page.querySelectorAll(".lively-verdict, .lively-message, .lively-progress").forEach((words) =>
        words.setAttribute("role", "status"));
      sizes.update();
      observer.observe(page, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
        attributeFilter: ["class", "disabled"],
      });
    };
    let asked = 0;
    const observer = new MutationObserver(() => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(update);
    });
    update();
    stop = () => {
      cancelAnimationFrame(asked);
      observer.disconnect();
      sizes.stop();
      stopKernel();
    };
  };
  // The widget is put into the page only after it has been rendered.
  const wait = requestAnimationFrame(function look() {
    if (el.isConnected) start();
    else requestAnimationFrame(look);
  });
  return () => {
    cancelAnimationFrame(wait);
    stop();
  };
}

export default { render };
