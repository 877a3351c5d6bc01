// A finger on a slider: it slides by moving sideways, sets a value by a tap, and scrolls otherwise.

/** Pixels by which a finger has to move before it is seen which way. */
const SLOP = 8;

/**
 * Let fingers scroll over sliders.
 *
 * The slider would take every touch as its own, at once: a finger that means to scroll would have set
 * another value already. So it is not told of touches. A finger that moves sideways becomes a mouse,
 * and a tap does so by itself; what moves upwards or downwards is the browser's (`touch-action` in
 * `page.css`), which ends the touch then.
 */
function slideByTouch(page) {
  let began = null;
  const mouse = (kind, { clientX, clientY }, target) => {
    const about = { bubbles: true, cancelable: true, composed: true, view: window };
    const buttons = kind === "mouseup" ? 0 : 1;
    target.dispatchEvent(new MouseEvent(kind, { ...about, clientX, clientY, button: 0, buttons }));
  };
  const end = () => {
    if (began?.sliding) mouse("mouseup", began.last, document.documentElement);
    began = null;
  };
  page.addEventListener("touchstart", (event) => {
    const { target, touches } = event;
    if (!target.closest?.(".noUi-target")) return;
    event.stopPropagation();
    end();
    if (touches.length === 1) began = { target, last: touches[0], first: touches[0], sliding: false };
  }, { capture: true, passive: true });
  page.addEventListener("touchmove", ({ touches }) => {
    if (!began) return;
    const [now] = touches;
    const { first, target } = began;
    if (!began.sliding) {
      const [x, y] = [now.clientX - first.clientX, now.clientY - first.clientY].map(Math.abs);
      if (Math.max(x, y) < SLOP) return;
      if (y >= x) {
        began = null;
        return;
      }
      began.sliding = true;
      mouse("mousedown", first, target);
    }
    began.last = now;
    mouse("mousemove", now, document.documentElement);
  }, { capture: true, passive: true });
  for (const kind of ["touchend", "touchcancel"]) {
    page.addEventListener(kind, end, { capture: true, passive: true });
  }
}
