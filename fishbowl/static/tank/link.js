// The websocket: keeps trying, tells when it is away, and notices a line that has gone dead.

const SLOWEST_MS = 15000;
const QUIET_MS = 20000;
const PATIENCE_MS = 8000;
const FLOODED = 4008;
const TOO_MANY = 4009;
const CROWDED = 4010;

const REFUSED = {
  [TOO_MANY]: "The tank is open in too many windows. Close some, and this one goes on by itself.",
  [CROWDED]:
    "Too many look at the tank from your network just now. This page goes on by itself when there is room.",
};

export class Link {
  constructor(path, { onOpen, onFrame, onAway, onQuiet }) {
    this.url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
    this.handlers = { onOpen, onFrame, onAway, onQuiet };
    this.failures = 0;
    this.heardAt = 0;
    addEventListener("online", () => this.retryNow());
    addEventListener("pagehide", () => this.socket?.close());
    addEventListener("pageshow", (event) => event.persisted && this.retryNow());
    setInterval(() => this.listenForLife(), 2000);
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  connect() {
    clearTimeout(this.timer);
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.startedAt = performance.now();
    socket.onmessage = (event) => {
      this.heardAt = performance.now();
      this.asked = false;
      this.failures = 0;
      this.handlers.onFrame(JSON.parse(event.data));
    };
    socket.onopen = () => {
      this.heardAt = performance.now();
      this.handlers.onOpen();
    };
    socket.onclose = (event) => this.lost(socket, event.code);
  }

  lost(socket, code) {
    if (socket !== this.socket) return;
    this.socket = null;
    this.failures += 1;
    let wait = Math.min(SLOWEST_MS, 300 * 2 ** this.failures);
    if (code === FLOODED || code === TOO_MANY || code === CROWDED) wait = SLOWEST_MS;
    wait *= 0.5 + Math.random();
    this.handlers.onAway(REFUSED[code]);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), wait);
  }

  retryNow() {
    if (!this.socket) this.connect();
  }

  send(frame) {
    if (!this.isOpen) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  // A sleeping laptop or a lost network leaves a socket that looks open.
  listenForLife() {
    const socket = this.socket;
    if (!socket) return;
    const quiet = performance.now() - Math.max(this.heardAt, this.startedAt);
    if (quiet < QUIET_MS) return;
    if (quiet > QUIET_MS + PATIENCE_MS) {
      socket.onclose = null;
      socket.close();
      this.lost(socket, 0);
    } else if (this.isOpen && !this.asked) {
      this.asked = true;
      this.handlers.onQuiet();
    }
  }
}
