// The websocket of a served page. It is tried again until it opens, and is given up when nothing comes
// any more: a browser does not notice by itself that a line has fallen silent.
//
// JupyterLab is given a `Line` where it asks for a websocket to a kernel. So its own waits between two
// attempts, which grow to half a minute, never begin. What happens to the line is told on `document`,
// as events `lively:line` with a `state`: "opening", "open", "lost".

(() => {
  const Socket = window.WebSocket;
  const KERNEL = /\/api\/kernels\/[^/]+\/channels\?/;
  /** What browser and server send each other when there is nothing else to send. */
  const BEAT = "beat";
  /** Milliseconds. All other times are counted in these: a sleeping computer counts none. */
  const TICK = 1000;
  /** Without a message: until the server is asked for a beat, and until the line counts as silent. */
  const ASK = 2;
  const SILENT = 6;
  /** Until an attempt to open is given up, and between two attempts, at first and later. */
  const OPENING = 10;
  const BREAKS = [1, 5];
  const MANY = 60;
  /** Until the states of all widgets are waited for no more. */
  const STATES = 120;

  let line = null;
  let failures = 0;
  let stopped = false;
  let last = Date.now();

  const tell = (state, more) =>
    document.dispatchEvent(new CustomEvent("lively:line", { detail: { state, ...more } }));

  /** A websocket, as far as JupyterLab uses one. */
  class Line {
    onopen = null;
    onmessage = null;
    onclose = null;
    onerror = null;
    binaryType = "arraybuffer";
    /** What is tied to the server at present, and whether it has been open. */
    socket = null;
    opened = false;
    /** Whether the server has sent a beat: other servers know none. */
    beats = false;
    /** Ticks since something came, or since the attempt or the break began. */
    quiet = 0;

    constructor(address, protocols) {
      this.address = `${address}&beats=1`;
      this.protocols = protocols;
      line = this;
      tell("opening");
      if (!stopped && failures < 2) this.dial();
    }

    get protocol() {
      return this.socket?.protocol ?? "";
    }

    get readyState() {
      return this.opened && this.socket ? this.socket.readyState : Socket.CONNECTING;
    }

    dial() {
      this.drop();
      this.quiet = 0;
      const socket = new Socket(this.address, this.protocols);
      socket.binaryType = this.binaryType;
      socket.onopen = (event) => {
        this.opened = true;
        this.quiet = 0;
        this.onopen?.(event);
        tell("open", { line: this });
      };
      socket.onmessage = (event) => {
        this.quiet = 0;
        if (event.data === BEAT) {
          this.beats = true;
          return;
        }
        failures = 0;
        this.onmessage?.(event);
      };
      socket.onclose = ({ code }) => this.lose(code);
      this.socket = socket;
    }

    /** Let go of the websocket; what it still says is not heard. */
    drop() {
      if (!this.socket) return;
      this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
      this.socket.close();
      this.socket = null;
    }

    lose(code, silent = false) {
      this.drop();
      this.quiet = 0;
      failures += 1;
      tell("lost", { code, silent });
      if (!this.opened) return;
      // JupyterLab asks for another one at once.
      line = null;
      this.onclose?.(new CloseEvent("close", { code }));
    }

    send(data) {
      this.socket?.send(data);
    }

    close() {
      this.drop();
      if (line !== this) return;
      // JupyterLab lets go of a line that is open when it has heard that the kernel is dead.
      line = null;
      tell("lost", { code: 0 });
    }

    tick() {
      this.quiet += 1;
      if (!this.socket) {
        if (this.quiet >= BREAKS[failures > MANY ? 1 : 0]) this.dial();
      } else if (!this.opened) {
        if (this.quiet >= OPENING) this.lose(0);
      } else if (this.beats && this.quiet >= SILENT) {
        this.lose(0, true);
      } else if (this.beats && this.quiet % ASK === 0) {
        this.send(BEAT);
      }
    }
  }

  /** Try again now, or ask for a beat that has to come soon. */
  function again() {
    if (!line || stopped) return;
    if (!line.opened) {
      line.dial();
    } else if (line.beats) {
      line.send(BEAT);
      line.quiet = Math.max(line.quiet, SILENT - 3);
    }
  }

  // ipywidgets waits four seconds for the states of all widgets, and then asks for one after the other:
  // what is slow (a phone, a server with a class before it) becomes slower by that, or never begins.
  // Whether somebody is there is seen by the beats.
  const { setTimeout } = window;
  window.setTimeout = (action, delay, ...more) => {
    const patient = delay === 4000 && /Control comm did not respond/.test(action);
    return setTimeout(action, patient ? STATES * TICK : delay, ...more);
  };

  setInterval(() => {
    const slept = Date.now() - last > 5 * TICK;
    last = Date.now();
    if (slept) again();
    else if (!stopped) line?.tick();
  }, TICK);
  window.addEventListener("online", again);
  window.addEventListener("pageshow", (event) => event.persisted && again());
  document.addEventListener("visibilitychange", () => document.hidden || again());

  window.WebSocket = new Proxy(Socket, {
    construct: (Made, [address, ...rest]) =>
      KERNEL.test(address) ? new Line(address, ...rest) : new Made(address, ...rest),
  });
  window.livelyLine = { again, stop: () => (stopped = true) };
})();

// anywidget gives a widget's script two seconds to begin, and gives the widget up otherwise. On a busy
// machine that is too short: the page would never live. (The runtime of anywidget 0.11 has no
// setting for it.)
(() => {
  const TOO_SHORT = 2000;
  const ENOUGH = 120_000;
  const timeout = AbortSignal.timeout?.bind(AbortSignal);
  if (timeout) AbortSignal.timeout = (ms) => timeout(ms === TOO_SHORT ? ENOUGH : ms);
})();
