// What is done when the line is back: the browser sends what the kernel may not have heard, and is told
// the states of all widgets. And what is done for browsers that are slow.

/** Bring the page and the kernel to agree; done when the kernel has answered. */
window.livelyRestore = async () => {
  const manager = window.jupyterapp?.widgetManager;
  const kernel = manager?.kernel;
  if (!kernel) return;
  for (const model of manager._modelsSync.values()) {
    // A widget sends nothing while it waits for an answer, which may have been lost.
    const unsure = {};
    for (const name of [...model._expectedEchoMsgIds.keys(), ...Object.keys(model._msg_buffer ?? {})]) {
      unsure[name] = model.get(name);
    }
    model._expectedEchoMsgIds.clear();
    model._msg_buffer = null;
    model._pending_msgs = 0;
    if (Object.keys(unsure).length) model.send_sync_message(model.serialize(unsure));
  }
  // The states are asked for when the kernel answers: that they come late is taken for an error.
  await kernel.requestKernelInfo();
  await manager._loadFromKernel();
  if (!manager._restoredStatus) {
    // The line was lost before the page had begun, so that it waits for an answer that never comes.
    manager._restoredStatus = true;
    manager._restored.emit();
  }
  // Pictures are no states; whoever has some asks for them.
  document.dispatchEvent(new CustomEvent("lively:restored"));
  await kernel.requestKernelInfo();
};

(() => {
  let app;
  /** Milliseconds. */
  const TICK = 1000;

  // A place for a widget looks for it for two seconds, and takes it for missing then. A browser that is
  // busy for longer than that, with making widgets, has not looked even once since they are there. So
  // nothing counts as restored for such a place: it waits to be told instead, and is told again.
  Object.defineProperty(window, "jupyterapp", {
    configurable: true,
    get: () => app,
    set(made) {
      app = made;
      if (app?.widgetManager) Object.defineProperty(app.widgetManager, "restoredStatus", { value: false });
    },
  });
  setInterval(() => {
    const manager = app?.widgetManager;
    // Not before all are there: who waits for one of them would be told twice.
    const ready = manager?._restoredStatus && Object.keys(manager._models).length === manager._modelsSync.size;
    if (ready) manager._restored.emit();
  }, TICK);
})();
