// What is done when the line is back: the browser sends what the kernel may not have heard, and is told
// the states of all widgets.

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
