// Finds out whether a served page is alive. It needs neither the websocket nor any widget, since both may
// be what is missing: `line.js` tells it of the line, and the server is asked over HTTP. `banner.js` says
// what is wrong.

(() => {
  /** What can be wrong, and whether loading the page again may help. */
  const GONE = {
    text: "The server cannot be reached. Check your network connection; this page tries again by itself.",
  };
  const BLOCKED = {
    text: "No live connection to the server can be opened: a proxy or a filter on the way does not let " +
      "it through. Try another network, then reload.",
    reload: true,
  };
  const ENDED = {
    text: "The computation behind this page has ended, and its settings are lost. Reload to start again.",
    reload: true,
  };
  const BACK = { text: `The server is back. ${ENDED.text}`, reload: true };
  const OUT = {
    text: "The server does not know you any more: your login has ended, or it was started anew. Reload to " +
      "log in and start again.",
    reload: true,
  };
  const FAILED = {
    text: "The server could not start this page. It is tried again; if that does not help, reload.",
    reload: true,
  };
  const LOADING = { text: "This page is still loading. Until it is there, its controls do not answer." };
  const UNSTARTED = { text: "This page could not be started. Reload it.", reload: true };
  const BEHIND = { text: "The connection is back. The page is being brought up to date." };

  /** What the server closes a line with: the computation has ended, or could not begin. */
  const OVER = 4410;
  const NOT_BEGUN = 1013;
  const TICK = 1000;
  /** Ticks that scripts may take before somebody wonders. */
  const LONG = 7;
  /** Ticks from the opening of the line within which a page lives, even on a machine that is very busy. */
  const BEGUN = 30;
  /** How much counts as silence while scripts load: an answer that is refused counts twice. */
  const SILENCE = 4;

  /** The line: "none" before there is one, then "opening", "open" or "over". */
  let line = "none";
  let beats = () => false;
  let opened = false;
  let code = 0;
  /** Ticks since it is so, and how many of them are waited before the server is asked. */
  let ticks = 0;
  let patience = 4;
  let asking = false;
  let loaded = 0;
  let missed = 0;
  /** Whether a script or a style has been lost on its way. */
  let broken = false;
  /** What the server last said. */
  let found = "there";
  let leaving = false;
  let restoring = false;
  /** Whether the browser has come back to a page: to its address, or to all of it, as it was left. */
  let returned = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  let kept = false;
  let turn = 0;

  const banner = window.livelyBanner;

  function show(trouble) {
    // A page that is being left has lost its line by that.
    if (!leaving) banner.show(trouble);
  }

  /** Say that the computation has ended; a page that is only come back to begins anew by itself. */
  function over(trouble) {
    end();
    if (returned) location.reload();
    else show(trouble);
  }

  /**
   * Ask about the kernel: it is "there", has "ended", is not for who is "out", or the server is "gone".
   * It is "late" if nobody has answered within three seconds.
   */
  async function ask() {
    const config = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    const address = `${config.baseUrl}api/kernels/${config.kernelId}`;
    try {
      const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(3 * TICK) });
      if (answer.status === 404) return "ended";
      if (answer.status === 401 || answer.status === 403) return "out";
      if (answer.status >= 500) return "gone";
      return answer.ok && (await answer.json()).execution_state === "dead" ? "ended" : "there";
    } catch (error) {
      return error.name === "TimeoutError" ? "late" : "gone";
    }
  }

  function end() {
    line = "over";
    window.livelyLine?.stop();
  }

  async function judge() {
    if (asking) return;
    asking = true;
    const before = found;
    const said = await ask();
    found = said === "late" ? "gone" : said;
    asking = false;
    if (kept && found !== "gone") {
      location.reload();
    } else if (found === "ended") {
      over(banner.shown === GONE || banner.shown === BACK ? BACK : ENDED);
    } else if (found === "gone") {
      if (line !== "open") show(GONE);
    } else if (found === "out") {
      if (line !== "open") show(OUT);
    } else if (before === "gone") {
      ticks = 0;
      window.livelyLine.again();
    } else if (line === "none" && ticks > patience + 2) {
      show(UNSTARTED);
    } else if (line === "opening" && ticks > patience) {
      show(code === NOT_BEGUN ? FAILED : BLOCKED);
    }
  }

  /** Say whether scripts are still on their way. */
  function loading() {
    const there = new Set(performance.getEntriesByType("resource").map(({ name }) => name));
    const asked = [...document.querySelectorAll("script[src], link[rel=preload]")];
    return (
      !broken && (document.readyState === "loading" || asked.some((one) => !there.has(one.src ?? one.href)))
    );
  }

  function arrived() {
    return performance.getEntriesByType("resource").filter((one) => one.initiatorType !== "fetch").length;
  }

  /**
   * Find out whether the server is there while scripts load long. On a slow line an answer may come late
   * because they are on the same way, so that it is waited for several times unless it is refused.
   */
  async function wonder() {
    if (!banner.shown) show(LOADING);
    if (asking) return;
    asking = true;
    const before = arrived();
    const said = await ask();
    asking = false;
    if (line !== "none" || !loading()) return;
    if (said === "ended") {
      over(ENDED);
    } else if (said === "out") {
      show(OUT);
    } else {
      const silent = said === "gone" || (said === "late" && arrived() === before);
      missed = silent ? missed + (said === "gone" ? 2 : 1) : 0;
      show(missed >= SILENCE ? GONE : LOADING);
    }
  }

  function tick() {
    if (leaving || document.hidden) return;
    if (line === "none" && loading()) {
      ticks = 0;
      if (++loaded >= LONG) wonder();
      return;
    }
    ticks += 1;
    if (line === "open") {
      if (restoring && ticks > 2) show(BEHIND);
      begin();
      if (!beats() && ticks % 5 === 0) judge();
    } else if (line === "over" || ticks > 60 ? ticks % 5 === 0 : ticks >= patience) {
      judge();
    }
  }

  /** Say so while a page does not begin to live although all is there: its poster still stands. */
  function begin() {
    const waits = !restoring && document.querySelector(".lively-poster");
    if (waits && ticks >= BEGUN) show(UNSTARTED);
    else if (waits && ticks >= LONG && !banner.shown) show(LOADING);
    else if (!waits && (banner.shown === LOADING || banner.shown === UNSTARTED)) banner.hide();
  }

  async function open() {
    const mine = ++turn;
    restoring = opened;
    // Whoever comes for the first time is told everything by itself.
    if (opened) await window.livelyRestore().catch(() => {});
    opened = true;
    if (mine !== turn || line !== "open") return;
    restoring = returned = false;
    banner.hide();
  }

  document.addEventListener("lively:line", ({ detail }) => {
    if (line === "over") return;
    if (detail.state === "open") {
      [line, ticks, beats] = ["open", 0, () => detail.line.beats];
      open();
    } else if (detail.state === "opening") {
      if (line === "none") [line, ticks, patience] = ["opening", 0, 5];
    } else if (detail.code === OVER) {
      over(ENDED);
    } else {
      if (line === "open") ticks = 0;
      [line, code, patience] = ["opening", detail.code, 2];
      if (detail.silent) show(GONE);
    }
  });
  document.addEventListener("error", ({ target }) => (broken ||= /^(SCRIPT|LINK)$/.test(target.tagName)), true);
  window.addEventListener("pagehide", () => (leaving = true));
  window.addEventListener("pageshow", ({ persisted }) => {
    leaving = false;
    if (!persisted) return;
    // It has let go of its line for good when it was left. It begins anew when the server is there.
    kept = true;
    end();
    judge();
  });
  setInterval(tick, TICK);
})();
