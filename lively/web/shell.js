// What Python cannot do from the kernel: names for assistive technology, what pictures are seen on,
// and keys that must leave a picture again.

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
 * both are waited for, and an image that replaces one still being decoded loses it. A frame that tells
 * all pixels brings the shape that the canvas takes with it, so that the last one stays until then.
 *
 * Returns a promise of the first frame.
 */
function streamFrames(canvas, lost) {
  let frame = null;
  let pixels = null;
  let shownFirst;
  const first = new Promise((done) => (shownFirst = done));
  const take = (width, height, [wide, high, ratio]) => {
    if (frame?.width === width && frame.height === height && canvas.ratio === ratio) return null;
    // An image of ipympl's own that is still being decoded would be an older one.
    canvas.image.onload = null;
    canvas.image = document.createElement("canvas");
    frame = new ImageData(width, height);
    pixels = new Uint32Array(frame.data.buffer);
    canvas.ratio = ratio;
    canvas.set("_size", [wide, high]);
    Object.assign(canvas.offscreen_canvas, { width, height });
    return [wide, high];
  };
  canvas.handle_runs = ({ width, height, shape }, buffers) => {
    const size = shape && take(width, height, shape);
    if (frame?.width !== width || frame?.height !== height) return lost();
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
    const top = Math.floor(Math.max(start, 0) / width);
    const bottom = Math.ceil(last / width);
    canvas.offscreen_context.putImageData(frame, 0, 0, 0, top, width, bottom - top);
    canvas._for_each_view((view) =>
      size ? view.resize_and_update_canvas(size) : view.update_canvas());
    canvas.waiting_for_image = false;
    shownFirst();
  };
  // ipympl's own ways to take another size would empty the canvas before its next frame is there.
  canvas.resize_canvas = canvas.handle_resize = () => {};
  return first;
}

/** What Python takes of a screen, as `lively/screens.py` has it. */
const SMALLEST = 120;
const LARGEST = 4000;
const RATIOS = [0.5, 4];
const MOST = 12e6;

/** Return the room of each picture and the screen's own pixels in one of the page. */
function measure(page, canvases) {
  const frames = page.querySelectorAll(".lively-picture");
  const sizes = canvases.map((canvas, i) => {
    const room = frames.length === canvases.length
      ? [frames[i].clientWidth, frames[i].clientHeight] : [0, 0];
    // Pictures that are out of sight, or too small to see anything in, keep the size they had.
    const seen = Math.min(...room) >= SMALLEST;
    return seen ? room.map((v) => Math.min(v, LARGEST)) : canvas.size.map(Math.round);
  });
  const area = sizes.reduce((sum, [width, height]) => sum + width * height, 0);
  // More pixels than Python draws are left to the browser, which makes the canvas larger.
  const sharpest = Math.min(RATIOS[1], Math.floor(100 * Math.sqrt(MOST / area)) / 100);
  return { ratio: Math.max(RATIOS[0], Math.min(window.devicePixelRatio, sharpest)), sizes };
}

/**
 * Tell Python what the pictures are seen on, when all of them stand in the page and when that changes.
 *
 * Python answers with a frame for each picture that it has not sent in this shape.
 */
function watchScreen(page, model) {
  let canvases = null;
  let told = "";
  let waiting = 0;
  let media = null;
  const tell = (anew = false) => {
    const screen = measure(page, canvases);
    const now = JSON.stringify(screen);
    if (now === told && !anew) return;
    model.send({ type: "screen", ...screen, anew: anew || !told });
    told = now;
  };
  const start = () => {
    if (!told && canvases) tell();
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => told && tell(), 60);
  };
  const watchRatio = () => {
    // Another screen, or the browser's own zoom.
    media = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    media.addEventListener("change", watchRatio, { once: true });
    later();
  };
  watchRatio();
  // The connection was lost and is back: frames may be missing.
  const onRestored = () => told && tell(true);
  document.addEventListener("lively:restored", onRestored);
  const observer = new ResizeObserver(later);
  const watched = new Set();
  const shown = Promise.all(
    model.get("canvases").map((id) => model.widget_manager.get_model(id)),
  ).then((found) => {
    if (!found.every((canvas) => canvas?.offscreen_context && canvas._for_each_view)) return null;
    canvases = found;
    const first = found.map((canvas) => streamFrames(canvas, () => tell(true)));
    update();
    return Promise.all(first);
  });
  const update = () => {
    const frames = page.querySelectorAll(".lively-picture");
    for (const frame of frames) {
      if (!watched.has(frame)) observer.observe(frame);
      watched.add(frame);
    }
    const drawn = page.querySelectorAll(".lively-picture .jupyter-matplotlib-canvas-div");
    if (canvases?.length === drawn.length) start();
  };
  // A page that is out of sight has its pictures as well, in the size that they have.
  const patience = setTimeout(start, 1000);
  return {
    shown,
    update,
    stop() {
      clearTimeout(waiting);
      clearTimeout(patience);
      media.removeEventListener("change", watchRatio);
      document.removeEventListener("lively:restored", onRestored);
      observer.disconnect();
    },
  };
}

function render({ model, el }) {
  let stop = () => {};
  let page = null;
  const start = () => {
    page = el.closest(".lively-page");
    if (!page) return;
    const screen = watchScreen(page, model);
    screen.shown.finally(() => page.ownerDocument.querySelector(".lively-poster")?.remove());
    const update = () => {
      observer.disconnect();
      nameControls(page);
      namePictures(page);
      nameStale(page);
      page.querySelectorAll(".lively-verdict, .lively-message, .lively-progress").forEach((words) =>
        words.setAttribute("role", "status"));
      screen.update();
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
      screen.stop();
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
