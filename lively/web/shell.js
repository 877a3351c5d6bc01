// What Python cannot do from the kernel, for each view of a page.
//
// `lively/ui/client.py` puts the scripts together that this one uses.

function render({ model, el }) {
  let stop = () => {};
  let page = null;
  const start = () => {
    page = el.closest(".lively-page");
    if (!page) return;
    // Where Python cannot send frames, ipympl shows images, and its script is left alone.
    const screen = model.get("images_only")
      ? { shown: firstImages(page), update() {}, stop() {} } : watchScreen(page, model);
    slideByTouch(page);
    // Its own poster: there may be several pages in a notebook, and several outputs in a cell.
    const output = page.closest(".jp-OutputArea-child");
    screen.shown.finally(() => output?.querySelector(".lively-poster")?.remove());
    const update = () => {
      observer.disconnect();
      nameControls(page);
      markOff(page);
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
