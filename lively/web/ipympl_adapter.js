// All that the page's script uses of ipympl's script beyond its interface, which it may change in any
// release. `lively/ui/ipympl_adapter.py` does the same for its Python side, and names the releases that
// have been tested.
//
// The names are looked up before anything is changed, and those of views when the first frame is there.
// Where one is gone, ipympl's script is left as it was: it asks Python for images and shows them.

/** Names of a canvas's model, and of its views. */
const MODEL_NAMES = [
  "offscreen_canvas", "offscreen_context", "image", "ratio", "size", "_for_each_view", "resize_canvas",
  "handle_resize", "handle_binary",
];
const VIEW_NAMES = ["canvas", "update_canvas", "resize_and_update_canvas"];
/** What ipympl draws a figure in. */
const FIGURE = ".jupyter-matplotlib-canvas-div";

/** A canvas of ipympl's, which is given its pixels by Python without asking for them. */
class AdaptedCanvas {
  constructor(model) {
    this.model = model;
  }

  /** The canvas's width and height in pixels of the page. */
  get size() {
    return this.model.size;
  }

  get ratio() {
    return this.model.ratio;
  }

  /** Return the names that the model has not. */
  missing() {
    const missing = MODEL_NAMES.filter((name) => !(name in this.model));
    // A message of some type goes to the method of that name.
    let heard = false;
    this.model.handle_lively = () => (heard = true);
    this.model.trigger("msg:custom", { data: JSON.stringify({ type: "lively" }) }, []);
    delete this.model.handle_lively;
    return heard ? missing : [...missing, "handle_"];
  }

  /** Give messages of the type "runs" to `receive`. */
  takeFrames(receive) {
    const { model } = this;
    this.own = { image: model.image, onload: model.image.onload };
    model.handle_runs = receive;
    // ipympl's own ways to take another size would empty the canvas before its next frame is there.
    model.resize_canvas = model.handle_resize = () => {};
  }

  /** Let ipympl do all by itself again. */
  release() {
    const { model, own } = this;
    // Frames may be on their way still.
    model.handle_runs = () => {};
    delete model.resize_canvas;
    delete model.handle_resize;
    model.image = Object.assign(own.image, { onload: own.onload });
    model.resize_canvas();
  }

  /** Take another shape: pixels of the canvas, and its size in pixels of the page. */
  reshape(width, height, size, ratio) {
    const { model } = this;
    // An image of ipympl's own that is still being decoded would be an older one.
    model.image.onload = null;
    model.image = document.createElement("canvas");
    model.ratio = ratio;
    model.set("_size", size);
    Object.assign(model.offscreen_canvas, { width, height });
  }

  /**
   * Show the rows from `top` to `bottom` of a frame in all views; `size` if it is another one.
   *
   * Calls `fail` with the names that a view has not.
   */
  show(frame, top, bottom, size, fail) {
    const { model } = this;
    const { width, height } = frame;
    model.offscreen_context.putImageData(frame, 0, 0, 0, top, width, bottom - top);
    model._for_each_view((view) => {
      const missing = VIEW_NAMES.filter((name) => !(name in view));
      if (missing.length) return void fail(missing);
      if (size) view.resize_and_update_canvas(size);
      // ipympl multiplies size and ratio, which may come out a hair below the whole number that is meant.
      const exact = view.canvas.width === width && view.canvas.height === height;
      if (!exact) Object.assign(view.canvas, { width, height });
      if (!exact || !size) view.update_canvas();
    });
    model.waiting_for_image = false;
  }
}

/** Done when ipympl has shown an image of its own in each figure of a page, or after half a minute. */
function firstImages(page) {
  // Read from a copy: a canvas that is read itself leaves the graphics memory.
  const copy = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const isShown = (canvas) => {
    const { width, height } = canvas;
    if (!width || !height) return false;
    copy.drawImage(canvas, width >> 1, height >> 1, 1, 1, 0, 0, 1, 1);
    return copy.getImageData(0, 0, 1, 1).data[3] > 0;
  };
  return new Promise((done) => {
    let looks = 0;
    const look = () => {
      const canvases = [...page.querySelectorAll(`${FIGURE} canvas:first-child`)];
      if ((canvases.length && canvases.every(isShown)) || ++looks > 150) done();
      else setTimeout(look, 200);
    };
    look();
  });
}
