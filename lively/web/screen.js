// What pictures are seen on: told to Python, in all views of a page together.

/** What Python takes of a screen, as `lively/ui/screens.py` has it. */
const SMALLEST = 120;
const LARGEST = 4000;
const RATIOS = [0.5, 4];
const MOST = 12e6;

/** Where a page's pictures stand, which is not the case in all moments. */
function rooms(page, canvases) {
  const frames = page.querySelectorAll(".lively-picture");
  return frames.length === canvases.length
    ? [...frames].map((frame) => [frame.clientWidth, frame.clientHeight]) : [];
}

/** Return the room of each picture, the largest of all views, and the ratio of pixels to draw it with. */
function measure(pages, canvases) {
  const views = [...pages].map((page) => rooms(page, canvases));
  const sizes = canvases.map((canvas, i) => {
    // Pictures that are out of sight, or too small to see anything in, keep the size they had.
    const seen = views.map((view) => view[i]).filter((room) => room && Math.min(...room) >= SMALLEST);
    const [largest] = seen.sort((a, b) => b[0] * b[1] - a[0] * a[1]);
    return largest ? largest.map((v) => Math.min(v, LARGEST)) : canvas.size.map(Math.round);
  });
  const area = sizes.reduce((sum, [width, height]) => sum + width * height, 0);
  // More pixels than Python draws are left to the browser, which makes the canvas larger. A frame brings
  // the ratio in which it is drawn, so that both always agree.
  const sharpest = Math.min(RATIOS[1], Math.floor(100 * Math.sqrt(MOST / area)) / 100);
  return { ratio: Math.max(RATIOS[0], Math.min(window.devicePixelRatio, sharpest)), sizes };
}

/** Pictures that are shown smaller than they are, in views with less room, by their frames. */
const shrunk = new WeakMap();

/** Show pictures as a view has room for them, where another view has more. */
function shrink(page, canvases) {
  rooms(page, canvases).forEach(([width, height], i) => {
    const frame = page.querySelectorAll(".lively-picture")[i];
    const picture = frame.querySelector(FIGURE);
    const [wide, high] = canvases[i].size;
    const scale = Math.min(1, width / wide, height / high);
    if (!picture || !(scale > 0)) return;
    picture.style.transformOrigin = "0 0";
    picture.style.transform = scale < 1 ? `scale(${scale})` : "";
    if (!shrunk.has(frame)) {
      for (const kind of ["mousedown", "mouseup", "mousemove", "dblclick"]) {
        frame.addEventListener(kind, point, { capture: true });
      }
    }
    shrunk.set(frame, scale);
  });
}

/** Say of the pointer over a shrunk picture where it is on the whole one: ipympl knows of no scale. */
function point(event) {
  const scale = shrunk.get(event.currentTarget);
  if (!event.isTrusted || scale === 1) return;
  event.stopPropagation();
  const { left, top } = event.target.getBoundingClientRect();
  const { bubbles, button, buttons, ctrlKey, shiftKey, altKey, metaKey } = event;
  const clientX = left + (event.clientX - left) / scale;
  const clientY = top + (event.clientY - top) / scale;
  const told = { bubbles, button, buttons, ctrlKey, shiftKey, altKey, metaKey, clientX, clientY };
  event.target.dispatchEvent(new MouseEvent(event.type, told));
}

/**
 * What the pictures of a page are seen on, in all its views: JupyterLab shows an output as often as one
 * likes, each time in another room, but a picture is one.
 *
 * Python is told when all pictures stand in a view and when anything changes. It answers with a frame
 * for each picture that it has not sent in this shape.
 */
class Screen {
  pages = new Set();
  canvases = null;
  /** Once ipympl shows images by itself: done when the first are there. */
  images = null;
  told = "";
  waiting = 0;
  observer = new ResizeObserver(() => this.later());

  constructor(model) {
    this.model = model;
    this.watchRatio = this.watchRatio.bind(this);
    // The connection was lost and is back: frames may be missing.
    this.onRestored = () => this.told && this.tell(true);
    const ids = model.get("canvases");
    this.shown = Promise.all(ids.map((id) => model.widget_manager.get_model(id))).then((found) => {
      const canvases = found.map((canvas) => new AdaptedCanvas(canvas));
      const missing = new Set(canvases.flatMap((canvas) => canvas.missing()));
      if (missing.size) return this.giveUp([...missing]);
      this.canvases = canvases;
      const failed = new Promise((done) => (this.fail = done));
      const first = canvases.map((canvas) => streamFrames(
        canvas, () => this.tell(true), () => this.arrange(), (names) => this.fail(this.giveUp(names))));
      this.pages.forEach((page) => this.update(page));
      return Promise.race([Promise.all(first).then(() => this.images), failed]);
    });
  }

  /** Leave the figures to ipympl's own script, which lacks names that this one needs. */
  giveUp(missing) {
    if (this.images) return this.images;
    this.canvases?.forEach((canvas) => canvas.release());
    this.canvases = null;
    this.told = "";
    this.model.send({ type: "images", missing });
    this.images = Promise.all([...this.pages].map(firstImages));
    return this.images;
  }

  /** Take note of another view. */
  add(page) {
    if (!this.pages.size) {
      this.watchRatio();
      document.addEventListener("lively:restored", this.onRestored);
      // A page that is out of sight has its pictures as well, in the size that they have.
      this.patience = setTimeout(() => this.start(), 1000);
    }
    this.pages.add(page);
  }

  /** Take note that a view is gone. */
  remove(page) {
    this.pages.delete(page);
    page.querySelectorAll(".lively-picture").forEach((frame) => this.observer.unobserve(frame));
    this.later();
    if (this.pages.size) return;
    clearTimeout(this.waiting);
    clearTimeout(this.patience);
    this.media.removeEventListener("change", this.watchRatio);
    document.removeEventListener("lively:restored", this.onRestored);
  }

  /** Take note that something in a view has changed. */
  update(page) {
    page.querySelectorAll(".lively-picture").forEach((frame) => this.observer.observe(frame));
    const drawn = page.querySelectorAll(`.lively-picture ${FIGURE}`);
    if (this.canvases?.length === drawn.length) this.start();
  }

  start() {
    if (!this.told && this.canvases) this.tell();
  }

  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      if (!this.told) return;
      this.tell();
      this.arrange();
    }, 60);
  }

  tell(anew = false) {
    const screen = measure(this.pages, this.canvases);
    const now = JSON.stringify(screen);
    if (now === this.told && !anew) return;
    this.model.send({ type: "screen", ...screen, anew: anew || !this.told });
    this.told = now;
  }

  /** Fit pictures into views that have less room than another one. */
  arrange() {
    if (!this.canvases) return;
    if (this.pages.size > 1 || this.shared) this.pages.forEach((page) => shrink(page, this.canvases));
    this.shared = this.pages.size > 1;
  }

  watchRatio() {
    // Another screen, or the browser's own zoom.
    this.media?.removeEventListener("change", this.watchRatio);
    this.media = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    this.media.addEventListener("change", this.watchRatio, { once: true });
    this.later();
  }
}

/** By the first of its canvases: each view has a model of its own, but all have those. */
const screens = new Map();

/** Return the screen of a page's model, with one more view. */
function watchScreen(page, model) {
  const [key] = model.get("canvases");
  if (!screens.has(key)) screens.set(key, new Screen(model));
  const screen = screens.get(key);
  screen.add(page);
  return {
    shown: screen.shown,
    update: () => screen.update(page),
    stop() {
      screen.remove(page);
      if (!screen.pages.size) screens.delete(key);
    },
  };
}
