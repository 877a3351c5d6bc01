// Frames of pictures, put on the screen in the turn of the message that brings them.

/** Added to the length of a run of pixels that keep their colours. */
const KEPT = 1 << 15;

/**
 * Show frames that come as runs of one colour, as `lively/runs.py` writes them.
 *
 * ipympl's own way is a PNG for each frame, which the browser asks for and decodes beside the page:
 * both are waited for, and an image that replaces one still being decoded loses it. A frame that tells
 * all pixels brings the shape that the canvas takes with it, so that the last one stays until then.
 *
 * `lost` is called when a frame is missing, `sized` when the picture has taken another size. Returns a
 * promise of the first frame.
 */
function streamFrames(canvas, lost, sized) {
  let frame = null;
  let pixels = null;
  let taken = "";
  let shownFirst;
  const first = new Promise((done) => (shownFirst = done));
  const take = (width, height, [wide, high, ratio]) => {
    // Two sizes may come to as many pixels.
    const now = [width, height, wide, high, ratio].join();
    if (now === taken && canvas.ratio === ratio) return null;
    taken = now;
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
    canvas._for_each_view((view) => {
      if (size) view.resize_and_update_canvas(size);
      // ipympl multiplies size and ratio, which may come out a hair below the whole number that is meant.
      const exact = view.canvas.width === width && view.canvas.height === height;
      if (!exact) Object.assign(view.canvas, { width, height });
      if (!exact || !size) view.update_canvas();
    });
    if (size) sized();
    canvas.waiting_for_image = false;
    shownFirst();
  };
  // ipympl's own ways to take another size would empty the canvas before its next frame is there.
  canvas.resize_canvas = canvas.handle_resize = () => {};
  return first;
}
