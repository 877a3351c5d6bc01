// Frames of figures, put on the screen in the turn of the message that brings them.

/** Added to the length of a run of pixels that keep their colours. */
const KEPT = 1 << 15;

/**
 * Write runs of one colour, as `lively/ui/run_length.py` has them, into pixels.
 *
 * Returns the indices of the first pixel that was written and of the one behind the last.
 */
function writeRuns(pixels, buffers) {
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
  return [Math.max(start, 0), last];
}

/**
 * Show the frames of a canvas.
 *
 * ipympl's own way is a PNG for each frame, which the browser asks for and decodes beside the page:
 * both are waited for, and an image that replaces one still being decoded loses it. A frame that tells
 * all pixels brings the shape that the canvas takes with it, so that the last one stays until then.
 *
 * `lost` is called when a frame is missing, `sized` when the figure has taken another size, and `fail`
 * with the names that ipympl's views have not. Returns a promise of the first frame.
 */
function streamFrames(canvas, lost, sized, fail) {
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
    frame = new ImageData(width, height);
    pixels = new Uint32Array(frame.data.buffer);
    canvas.reshape(width, height, [wide, high], ratio);
    return [wide, high];
  };
  canvas.takeFrames(({ width, height, shape }, buffers) => {
    const size = shape && take(width, height, shape);
    if (frame?.width !== width || frame?.height !== height) return lost();
    const [start, end] = writeRuns(pixels, buffers);
    canvas.show(frame, Math.floor(start / width), Math.ceil(end / width), size, fail);
    if (size) sized();
    shownFirst();
  });
  return first;
}
