/*
 * Frontdesk chat widget. One tag is enough:
 *   <script src="https://desk.example/widget.js" data-inbox="web" async></script>
 * Optional attributes: data-colour, data-title, data-greeting, data-position (left or right),
 * data-theme (light, dark or auto). Pages may call window.frontdesk.open(), close() and send(text).
 *
 * Nothing the visitor writes is lost: a message stays in local storage until the server has accepted
 * it, and is sent again under the same id after a reconnect. All text enters the page as text.
 * This file is plain ASCII, so that it reads right on a page of any encoding.
 */
(() => {
  "use strict";
  const script = document.currentScript || document.querySelector('script[src*="/widget.js"][data-inbox]');
  if (!script || customElements.get("frontdesk-widget")) return;

  const LONGEST = 4000;
  const SHEET = "(max-width:480px),(max-height:480px)";
  const origin = new URL(script.src, location.href).origin;
  const inbox = script.dataset.inbox || "web";
  const look = {
    colour: script.dataset.colour || "#2f5d50",
    title: script.dataset.title || "Chat with us",
    greeting: script.dataset.greeting || "Hello! How can we help? You can ask for a person at any time.",
    position: script.dataset.position === "left" ? "left" : "right",
    theme: script.dataset.theme || "auto",
  };

  /** Builds an element; strings become text nodes, never markup. */
  function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value != null) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child != null));
    return node;
  }

  function icon(path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
    shape.setAttribute("d", path);
    svg.append(shape);
    return svg;
  }

  /** A version 4 UUID, also on plain http where crypto.randomUUID is missing. */
  function uuid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  /** The address if it may be followed from a message, else null. */
  function safeLink(address) {
    try {
      const url = new URL(address, origin);
      return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
    } catch {
      return null;
    }
  }

  /** Text with its http(s) addresses as links. */
  function linked(text) {
    return text.split(/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/).map((piece, idx) => {
      const href = idx % 2 ? safeLink(piece) : null;
      return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, piece) : piece;
    });
  }

  function clock(at) {
    const date = new Date(at);
    if (Number.isNaN(date.getTime())) return "";
    const time = { hour: "2-digit", minute: "2-digit" };
    const today = date.toDateString() === new Date().toDateString();
    return new Intl.DateTimeFormat(undefined, today ? time : { day: "numeric", month: "short", ...time }).format(date);
  }

  /** Black or white, whichever reads better on the colour (always at least 4.5 to 1). */
  function inkOn(colour) {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = colour;
    const hex = /^#(..)(..)(..)$/.exec(canvas.fillStyle);
    if (!hex) return "#fff";
    const [r, g, b] = hex.slice(1).map((pair) => {
      const part = parseInt(pair, 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
  }

  /** What outlives a page: local storage, or plain memory where the browser refuses storage. */
  class Memory {
    constructor(scope) {
      this.prefix = `frontdesk:${scope}:`;
      this.here = {};
    }
    all() {
      try {
        return { ...localStorage, ...this.here };
      } catch {
        return this.here;
      }
    }
    get(key) {
      const text = this.all()[this.prefix + key];
      return text ? JSON.parse(text) : null;
    }
    set(key, value) {
      const text = JSON.stringify(value);
      try {
        localStorage.setItem(this.prefix + key, text);
      } catch {
        this.here[this.prefix + key] = text;
      }
    }
    remove(key) {
      delete this.here[this.prefix + key];
      try {
        localStorage.removeItem(this.prefix + key);
      } catch { /* refused storage holds nothing to remove */ }
    }
    /** Messages not yet accepted, oldest first. One key each, so that two tabs cannot lose each other's. */
    unsent() {
      const kept = Object.entries(this.all()).filter(([key]) => key.startsWith(`${this.prefix}unsent:`));
      return kept.map(([, text]) => JSON.parse(text)).sort((a, b) => a.at - b.at);
    }
  }

  /** The connection: reconnects with growing, jittered pauses, and notices a silent death. */
  class Line {
    constructor(hello, heard, changed) {
      Object.assign(this, { hello, heard, changed, socket: null, attempts: 0, state: "idle", pause: null });
      this.url = `${origin.replace(/^http/, "ws")}/channels/${encodeURIComponent(inbox)}/ws`;
      addEventListener("online", () => this.state !== "idle" && this.renew());
      addEventListener("offline", () => this.state !== "idle" && this.lose());
      document.addEventListener("visibilitychange", () => {
        if (!document.hidden && this.state !== "idle" && !this.socket) this.connect();
      });
    }
    connect() {
      clearTimeout(this.retry);
      if (this.socket) return;
      if (this.attempts === 0) this.enter("connecting");
      const socket = new WebSocket(this.url);
      this.socket = socket;
      this.deadline = setTimeout(() => this.lose(), 10_000);
      socket.onopen = () => socket.send(JSON.stringify(this.hello()));
      socket.onclose = () => this.socket === socket && this.lose();
      socket.onmessage = (event) => {
        if (this.socket !== socket) return;
        let frame;
        try {
          frame = JSON.parse(event.data);
        } catch {
          return;
        }
        this.silent = false;
        if (frame.type === "welcome") this.opened();
        if (frame.type === "bye") this.pause = Math.max(0, Number(frame.retry_after_ms) || 0);
        this.heard(frame);
        if (frame.type === "bye") this.lose();
      };
    }
    opened() {
      clearTimeout(this.deadline);
      this.attempts = 0;
      this.enter("open");
      this.heart = setInterval(() => {
        if (this.silent) return this.lose();
        this.silent = true;
        this.send({ type: "ping" });
      }, 20_000);
    }
    /** Gives up this connection and plans the next one. */
    lose() {
      this.hangUp();
      const spread = 0.5 + Math.random() / 2;
      const wait = this.pause == null ? Math.min(30_000, 500 * 2 ** this.attempts) * spread : this.pause + 1000 * spread;
      this.pause = null;
      this.enter(this.attempts === 0 && navigator.onLine !== false ? "connecting" : "offline");
      this.attempts += 1;
      this.retry = setTimeout(() => this.connect(), wait);
    }
    /** Starts over at once, to have the server replay what is missing. */
    renew() {
      this.hangUp();
      this.connect();
    }
    hangUp() {
      clearTimeout(this.deadline);
      clearTimeout(this.retry);
      clearInterval(this.heart);
      this.silent = false;
      const socket = this.socket;
      this.socket = null;
      socket?.close();
    }
    send(frame) {
      if (this.state !== "open" || this.socket?.readyState !== WebSocket.OPEN) return false;
      this.socket.send(JSON.stringify(frame));
      return true;
    }
    enter(state) {
      if (this.state === state) return;
      this.state = state;
      this.changed(state);
    }
  }

  const CSS = `
:host{all:initial;--bg:#fff;--soft:#f2f1ee;--text:#1f2421;--quiet:#5c6560;--line:#deddd8;--ring:#1d4ed8;--bad:#a4201b;--wait:#fdf3d7;--wait-text:#5b4300;
font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:var(--text);color-scheme:light}
:host([theme=dark]){--bg:#191d1b;--soft:#262c29;--text:#ecefec;--quiet:#a6b0aa;--line:#38403b;--ring:#93c5fd;--bad:#ff9a92;--wait:#3a3013;--wait-text:#f6dfa4;color-scheme:dark}
*{box-sizing:border-box;font:inherit}[hidden]{display:none!important}
button{cursor:pointer;color:inherit}
:focus-visible{outline:3px solid var(--ring);outline-offset:2px;box-shadow:0 0 0 2px var(--bg)}
svg{width:24px;height:24px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;display:block}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.launcher{position:fixed;z-index:2147483000;bottom:calc(20px + env(safe-area-inset-bottom));right:calc(20px + env(safe-area-inset-right));width:60px;height:60px;border:0;border-radius:50%;background:var(--accent);color:var(--ink);display:grid;place-items:center;box-shadow:0 6px 24px #0004;transition:transform .15s}
.launcher:hover{transform:scale(1.05)}
.left .launcher,.left .panel{right:auto;left:calc(20px + env(safe-area-inset-left))}
.badge{position:absolute;top:-4px;right:-4px;min-width:22px;height:22px;padding:0 6px;border-radius:11px;background:#b3261e;color:#fff;font-size:13px;font-weight:700;line-height:22px;text-align:center}
.panel{position:fixed;z-index:2147483001;bottom:calc(94px + env(safe-area-inset-bottom));right:calc(20px + env(safe-area-inset-right));width:384px;max-width:calc(100vw - 40px);height:min(640px,calc(100vh - 118px));display:flex;flex-direction:column;background:var(--bg);border:1px solid var(--line);border-radius:18px;overflow:hidden;box-shadow:0 16px 48px #0005;animation:rise .18s ease-out}
@keyframes rise{from{opacity:0;transform:translateY(10px)}}
.head{display:flex;align-items:center;gap:12px;padding:14px 10px 14px 18px;background:var(--accent);color:var(--ink)}
.head div{flex:1;min-width:0}h2{margin:0;font-size:16px;font-weight:650}
.head p{margin:1px 0 0;font-size:13px}
.head :focus-visible{outline-color:var(--ink);box-shadow:none;outline-offset:-2px}
.close{width:44px;height:44px;display:grid;place-items:center;border:0;border-radius:50%;background:none}
.close:hover{background:#fff3}
.notice{padding:9px 18px;background:var(--wait);color:var(--wait-text);font-size:13.5px}
.log{flex:1;overflow-y:auto;overscroll-behavior:contain;padding:16px;display:flex;flex-direction:column;gap:3px}
.log:focus-visible{outline-offset:-3px;box-shadow:none}
.log>:first-child{margin-top:auto}
.row{display:flex;flex-direction:column;align-items:flex-start;max-width:86%;align-self:flex-start}
.row.first{margin-top:10px}.row .name{display:none;font-size:12.5px;color:var(--quiet);margin:0 4px 3px}.row.first .name{display:block}
.bubble{padding:9px 13px;border-radius:16px 16px 16px 5px;background:var(--soft);white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext}
.bubble a{color:inherit;text-decoration:underline;text-underline-offset:2px}
.contact{align-self:flex-end;align-items:flex-end}.contact .bubble{border-radius:16px 16px 5px 16px;background:var(--accent);color:var(--ink)}
.agent .bubble{border-radius:5px 16px 16px 5px;background:var(--bg);border:1px solid var(--line);box-shadow:inset 3px 0 0 var(--accent)}
.system{align-self:center;align-items:center;max-width:94%;margin:8px 0}.system .bubble{background:none;padding:2px 8px;color:var(--quiet);font-size:13px;text-align:center}
.meta{margin:2px 4px 0;font-size:12px;color:var(--quiet)}.row:not(.last) .meta.plain{display:none}.system .meta{display:none}
.failed .bubble{opacity:.75}.failed .meta{color:var(--bad)}
.meta button{border:0;background:none;padding:4px 6px;text-decoration:underline;font-weight:600}
.sources{display:flex;flex-wrap:wrap;gap:6px;margin:6px 0 2px;padding:0;list-style:none}
.sources a,.sources span{display:inline-block;padding:2px 10px;border:1px solid var(--line);border-radius:12px;background:var(--bg);color:var(--quiet);font-size:12.5px;text-decoration:none}
.sources a{color:var(--text);text-decoration:underline;text-underline-offset:2px}
.replies{display:flex;flex-wrap:wrap;gap:8px;margin-top:10px}
.replies button{min-height:36px;padding:6px 14px;border:1.5px solid var(--quiet);border-radius:18px;background:var(--bg);color:var(--text);text-align:start}
.replies button:hover{background:var(--accent);color:var(--ink)}
.typing{display:flex;gap:5px;align-self:flex-start;margin-top:8px;padding:13px 15px;border-radius:16px;background:var(--soft)}
.typing i{width:7px;height:7px;border-radius:50%;background:var(--quiet);animation:dot 1.2s infinite}.typing i:nth-child(2){animation-delay:.15s}.typing i:nth-child(3){animation-delay:.3s}
@keyframes dot{0%,60%,100%{opacity:.35}30%{opacity:1;transform:translateY(-3px)}}
.newer{position:absolute;left:50%;bottom:calc(100% + 10px);transform:translateX(-50%);min-height:32px;border:0;border-radius:16px;padding:6px 14px;background:var(--text);color:var(--bg);font-size:13px;white-space:nowrap}
form{display:flex;align-items:flex-end;gap:8px;padding:10px 12px calc(10px + env(safe-area-inset-bottom));border-top:1px solid var(--line);position:relative}
textarea{flex:1;min-height:44px;max-height:140px;padding:10px 14px;border:1px solid var(--quiet);border-radius:22px;background:var(--bg);color:var(--text);resize:none;line-height:22px}
textarea::placeholder{color:var(--quiet);opacity:1}
.send{flex:none;width:44px;height:44px;border:0;border-radius:50%;background:var(--accent);color:var(--ink);display:grid;place-items:center}
.send[aria-disabled=true]{background:var(--soft);color:var(--quiet)}
.counter{position:absolute;right:70px;top:-20px;padding:0 8px;border-radius:8px;font-size:12px;background:var(--bg);color:var(--quiet)}.counter.full{color:var(--bad);font-weight:700}
@media ${SHEET}{.panel{inset:0;width:auto;max-width:none;height:var(--seen,100dvh);border:0;border-radius:0}.left .panel{left:0}.head{padding-top:calc(14px + env(safe-area-inset-top))}textarea{font-size:16px}.open .launcher{display:none}}
@media (pointer:coarse){.replies button{min-height:44px;border-radius:22px}.meta button{min-height:36px}}
@media (prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
@media (forced-colors:active){.bubble,.launcher,.send{border:1px solid}}`;

  class FrontdeskWidget extends HTMLElement {
    constructor() {
      super();
      this.memory = new Memory(`${origin}:${inbox}`);
      this.line = new Line(() => this.hello(), (frame) => this.hear(frame), () => this.showState());
      this.entries = [];
      this.known = new Map();
      this.threads = new Map();
      this.conversation = this.memory.get("conversation");
      this.owner = { owner: "assistant", agent_name: null };
      this.unread = 0;
      this.build();
    }

    connectedCallback() {
      const night = matchMedia("(prefers-color-scheme:dark)");
      const dress = () => this.setAttribute("theme", look.theme === "auto" ? (night.matches ? "dark" : "light") : look.theme);
      night.addEventListener("change", dress);
      dress();
      for (const unsent of this.memory.unsent()) this.showOwn(unsent);
      if (this.conversation || this.entries.length) this.line.connect();
      this.showState();
    }

    build() {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      this.style.setProperty("--accent", look.colour);
      this.style.setProperty("--ink", inkOn(look.colour));

      this.badge = el("span", { class: "badge", "aria-hidden": "true", hidden: true });
      this.launcher = el("button", { class: "launcher", type: "button", "aria-expanded": "false", "aria-controls": "panel", onclick: () => this.toggle() },
        icon("M21 11.5a8.4 8.4 0 0 1-8.5 8.3 8.7 8.7 0 0 1-3.7-.8L3 21l1.9-5.4A8.1 8.1 0 0 1 4 11.5a8.4 8.4 0 0 1 8.5-8.3 8.4 8.4 0 0 1 8.5 8.3Z"), this.badge);
      this.speaker = el("p", { role: "status" });
      this.notice = el("div", { class: "notice", role: "status", hidden: true });
      this.replies = el("div", { class: "replies", role: "group", "aria-label": "Suggested replies", hidden: true });
      this.typing = el("div", { class: "typing", hidden: true }, el("i"), el("i"), el("i"), el("span", { class: "sr" }));
      this.greeting = this.row({ author: "assistant", author_name: "Assistant", text: look.greeting });
      this.log = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": "Conversation", tabindex: "0", onscroll: () => this.atEnd() && (this.newer.hidden = true) },
        this.greeting, this.typing, this.replies);
      this.newer = el("button", { class: "newer", type: "button", hidden: true, onclick: () => this.toEnd() }, "New messages \u2193");
      this.counter = el("span", { class: "counter", id: "left", hidden: true });
      this.input = el("textarea", { id: "text", rows: "1", maxlength: LONGEST, placeholder: "Write a message\u2026", enterkeyhint: "send", autocomplete: "off", dir: "auto", "aria-describedby": "left",
        oninput: () => this.typed(), onkeydown: (event) => this.pressed(event) });
      this.sendButton = el("button", { class: "send", type: "submit", "aria-label": "Send", "aria-disabled": "true" }, icon("M12 19V5m-7 7 7-7 7 7"));
      this.panel = el("section", { id: "panel", class: "panel", role: "dialog", "aria-labelledby": "title", hidden: true, onkeydown: (event) => this.guardFocus(event) },
        el("div", { class: "head" }, el("div", {}, el("h2", { id: "title" }, look.title), this.speaker),
          el("button", { class: "close", type: "button", "aria-label": "Close chat", onclick: () => this.close() }, icon("m6 6 12 12M18 6 6 18"))),
        this.notice, this.log,
        el("form", { onsubmit: (event) => { event.preventDefault(); this.submit(); } },
          el("label", { class: "sr", for: "text" }, "Your message"), this.newer, this.counter, this.input, this.sendButton));
      this.aside = el("div", { class: "sr", role: "status" });
      this.frame = el("div", { class: look.position }, this.launcher, this.panel, this.aside);
      root.append(this.frame);
      window.visualViewport?.addEventListener("resize", () => {
        this.style.setProperty("--seen", `${Math.round(visualViewport.height)}px`);
        this.toEnd();
      });
      this.showUnread();
    }

    // Opening and closing

    toggle() {
      if (this.panel.hidden) this.open();
      else this.close();
    }

    open() {
      this.line.connect();
      this.panel.hidden = false;
      this.frame.classList.add("open");
      this.launcher.setAttribute("aria-expanded", "true");
      this.panel.setAttribute("aria-modal", String(this.isSheet()));
      this.markRead();
      this.toEnd();
      this.input.focus();
    }

    close() {
      if (this.panel.hidden) return;
      this.panel.hidden = true;
      this.frame.classList.remove("open");
      this.launcher.setAttribute("aria-expanded", "false");
      this.showUnread();
      this.launcher.focus();
    }

    isSheet() {
      return matchMedia(SHEET).matches;
    }

    /** Escape closes; on a phone, where the panel covers the page, Tab stays inside it. */
    guardFocus(event) {
      if (event.key === "Escape" && !event.isComposing) {
        event.stopPropagation();
        this.close();
      } else if (event.key === "Tab" && this.isSheet()) {
        const stops = [...this.panel.querySelectorAll("button,a[href],textarea,[tabindex='0']")].filter((node) => node.offsetParent);
        const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
        if (this.shadowRoot.activeElement !== edge) return;
        event.preventDefault();
        (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
      }
    }

    // Writing

    pressed(event) {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    }

    typed() {
      const length = this.input.value.length;
      this.counter.hidden = length < LONGEST - 400;
      this.counter.textContent = `${LONGEST - length} left`;
      this.counter.classList.toggle("full", length >= LONGEST);
      this.aside.textContent = length >= LONGEST ? `A message holds at most ${LONGEST} characters.` : "";
      this.sendButton.setAttribute("aria-disabled", String(!this.input.value.trim()));
      this.input.style.height = "auto";
      this.input.style.height = `${this.input.scrollHeight + 2}px`;
      if (length && Date.now() - (this.toldTyping || 0) > 3000 && this.line.send({ type: "typing" })) this.toldTyping = Date.now();
    }

    submit() {
      if (this.say(this.input.value)) this.input.value = "";
      this.typed();
      this.input.focus();
    }

    /** Keeps the text and sends it; false if there is nothing to send. */
    say(text) {
      const trimmed = text.trim().slice(0, LONGEST);
      if (!trimmed) return false;
      const unsent = { id: uuid(), text: trimmed, at: Date.now() };
      this.memory.set(`unsent:${unsent.id}`, unsent);
      this.showOwn(unsent);
      this.offerReplies([]);
      this.toEnd();
      this.line.connect();
      this.deliver(unsent);
      return true;
    }

    deliver(unsent) {
      const going = this.line.send({ type: "message", id: unsent.id, text: unsent.text });
      this.setOwn(unsent.id, going ? "Sending\u2026" : this.line.state === "offline" ? "Kept. Sent when you are back online." : "Waiting for a connection\u2026");
      clearTimeout(this.patience);
      if (going) this.patience = setTimeout(() => this.memory.unsent().length && this.line.lose(), 12_000);
    }

    // Hearing

    hello() {
      const resume_after = this.conversation ? this.threads.get(this.conversation)?.last ?? 0 : null;
      return { type: "hello", visitor: this.memory.get("visitor"), conversation: this.conversation, resume_after };
    }

    hear(frame) {
      switch (frame.type) {
        case "welcome": return this.welcomed(frame);
        case "message": return this.receive(frame.conversation, frame.message);
        case "accepted": return this.accepted(frame);
        case "owner": return this.setOwner(frame);
        case "typing": return this.showTyping(frame);
        case "error": return this.refused(frame);
      }
    }

    welcomed(frame) {
      if (frame.visitor) this.memory.set("visitor", frame.visitor);
      if (!frame.conversation) this.forget();
      this.joins(frame.conversation);
      this.setOwner(frame);
      for (const unsent of this.memory.unsent()) {
        if (!this.known.has(unsent.id)) this.showOwn(unsent);
        this.deliver(unsent);
      }
    }

    /** The server knows no conversation of this visitor (any more). */
    forget() {
      this.conversation = null;
      this.memory.remove("conversation");
    }

    /** Where a conversation stands among those shown, and the last of its messages that arrived in order. */
    joins(conversation) {
      if (!conversation) return null;
      if (!this.threads.has(conversation)) this.threads.set(conversation, { place: this.threads.size, last: 0 });
      this.conversation = conversation;
      this.memory.set("conversation", conversation);
      return this.threads.get(conversation);
    }

    /** A missing number means a lost frame: ask for a replay once, then accept that it is not for us. */
    skips(thread, seq) {
      if (seq <= thread.last + 1 || thread.askedAfter === thread.last) {
        thread.last = Math.max(thread.last, seq);
        return false;
      }
      thread.askedAfter = thread.last;
      this.line.renew();
      return true;
    }

    accepted(frame) {
      const own = this.known.get(frame.id);
      this.memory.remove(`unsent:${frame.id}`);
      if (!own) return;
      this.settle(own, frame.conversation, { id: frame.message_id, seq: frame.seq, sent_at: own.message.sent_at });
    }

    /** Ties the visitor's own message to its stored form. */
    settle(own, conversation, stored) {
      Object.assign(own.message, stored);
      this.known.set(stored.id, own);
      own.node.classList.remove("failed");
      this.place(own, conversation);
      own.meta.textContent = `Sent \u00b7 ${clock(own.message.sent_at)}`;
      own.meta.classList.add("plain");
    }

    receive(conversation, message) {
      if (!conversation || typeof message?.text !== "string") return;
      const own = this.known.get(message.client_id);
      if (message.client_id) this.memory.remove(`unsent:${message.client_id}`);
      if (this.skips(this.joins(conversation), message.seq)) return;
      if (own) return this.settle(own, conversation, message);
      if (this.known.has(message.id)) return;
      const stayed = this.atEnd();
      const entry = this.entry(message);
      this.known.set(message.id, entry);
      if (message.client_id) this.known.set(message.client_id, entry);
      this.place(entry, conversation);
      if (message.author !== "contact") this.typing.hidden = true;
      const latest = this.entries[this.entries.length - 1] === entry;
      if (latest) this.offerReplies(message.author === "contact" ? [] : message.quick_replies || []);
      if (message.author === "contact" || stayed) this.toEnd();
      else this.newer.hidden = this.panel.hidden;
      this.countUnread(conversation, message);
    }

    refused(frame) {
      const own = frame.id && this.known.get(frame.id);
      if (!own) return;
      const unsent = { id: frame.id, text: own.message.text, at: own.at };
      if (["too_many_messages", "not_stored"].includes(frame.code)) {
        this.setOwn(frame.id, "Trying again in a moment\u2026");
        setTimeout(() => this.memory.get(`unsent:${frame.id}`) && this.deliver(unsent), 2000 + Math.random() * 2000);
        return;
      }
      this.memory.remove(`unsent:${frame.id}`);
      own.node.classList.add("failed");
      own.meta.replaceChildren(`Not sent: ${frame.detail || frame.code || "refused"}`, el("button", { type: "button", onclick: () => {
        own.node.classList.remove("failed");
        this.memory.set(`unsent:${frame.id}`, unsent);
        this.deliver(unsent);
      } }, "Try again"));
    }

    // Showing

    entry(message) {
      const entry = { message, at: Date.now() };
      entry.node = this.row(message);
      entry.meta = entry.node.querySelector(".meta");
      return entry;
    }

    row(message) {
      const author = ["contact", "assistant", "agent", "system"].includes(message.author) ? message.author : "system";
      const name = author === "agent" ? `${message.author_name || "Support"} \u00b7 support` : author === "assistant" ? message.author_name || "Assistant" : author === "contact" ? "You" : null;
      const sources = (message.citations || []).map((citation) => {
        const href = citation.url ? safeLink(citation.url) : null;
        const label = `From: ${citation.title || citation.article}`;
        return el("li", {}, href ? el("a", { href, dir: "auto", target: "_blank", rel: "noopener noreferrer" }, label) : el("span", { dir: "auto" }, label));
      });
      return el("div", { class: `row ${author}` },
        name && el("span", { class: author === "contact" ? "sr" : "name" }, name),
        el("div", { class: "bubble", dir: "auto" }, ...(author === "contact" ? [message.text] : linked(message.text))),
        sources.length ? el("ul", { class: "sources", "aria-label": "Sources" }, ...sources) : null,
        el("div", { class: "meta plain" }, message.sent_at ? el("time", { datetime: message.sent_at }, clock(message.sent_at)) : ""));
    }

    showOwn(unsent) {
      const entry = this.entry({ id: unsent.id, author: "contact", text: unsent.text, sent_at: new Date(unsent.at).toISOString() });
      entry.at = unsent.at;
      this.known.set(unsent.id, entry);
      this.place(entry, null);
      this.setOwn(unsent.id, "Waiting for a connection\u2026");
    }

    setOwn(id, words) {
      const own = this.known.get(id);
      if (!own || own.message.seq != null) return;
      own.meta.textContent = words;
      own.meta.classList.remove("plain");
    }

    /** Puts an entry where its number says; unsent ones come last. */
    place(entry, conversation) {
      const thread = this.joins(conversation);
      entry.order = thread ? [thread.place, entry.message.seq] : [Infinity, entry.at];
      this.entries = this.entries.filter((other) => other !== entry);
      const after = (other) => other.order[0] > entry.order[0] || (other.order[0] === entry.order[0] && other.order[1] > entry.order[1]);
      const idx = this.entries.findIndex(after);
      const next = idx < 0 ? null : this.entries[idx];
      this.entries.splice(idx < 0 ? this.entries.length : idx, 0, entry);
      const before = next ? next.node : this.typing;
      if (entry.node.nextSibling !== before) this.log.insertBefore(entry.node, before);
      this.group();
    }

    /** Names the speaker once for each run of messages, and dates the last of the run. */
    group() {
      const rows = [this.greeting, ...this.entries.map((entry) => entry.node)];
      rows.forEach((row, idx) => {
        row.classList.toggle("first", rows[idx - 1]?.className.split(" ")[1] !== row.className.split(" ")[1]);
        row.classList.toggle("last", rows[idx + 1]?.className.split(" ")[1] !== row.className.split(" ")[1]);
      });
    }

    offerReplies(texts) {
      this.replies.hidden = !texts.length;
      this.replies.replaceChildren(...texts.slice(0, 8).map((text) =>
        el("button", { type: "button", dir: "auto", onclick: () => { this.say(text); this.input.focus(); } }, text)));
    }

    setOwner({ owner, agent_name }) {
      this.owner = { owner: owner || "assistant", agent_name };
      this.showState();
    }

    showState() {
      const name = this.owner.agent_name || "A person";
      const speaking = {
        assistant: "You are talking to our assistant",
        queue: "Waiting for a person",
        agent: `${name} from support is here`,
        none: "This conversation is closed. Write to start again.",
      };
      const { state } = this.line;
      this.speaker.textContent = state === "connecting" ? "Connecting\u2026" : state === "offline" ? "Offline" : speaking[this.owner.owner] || "";
      const notice = state === "offline" ? "No connection. What you write is kept and sent when it is back."
        : state === "open" && this.owner.owner === "queue" ? "A person is coming. You can keep writing; they will see everything." : "";
      const stayed = this.atEnd();
      if (this.notice.textContent !== notice) this.notice.textContent = notice;
      this.notice.hidden = !notice;
      if (stayed) this.toEnd();
      this.setAttribute("data-state", state);
      this.setAttribute("data-owner", this.owner.owner);
      if (state === "offline") for (const unsent of this.memory.unsent()) this.setOwn(unsent.id, "Kept. Sent when you are back online.");
      if (state !== "open") this.typing.hidden = true;
    }

    showTyping(frame) {
      const stayed = this.atEnd();
      this.typing.hidden = false;
      this.typing.lastChild.textContent = `${frame.name || (frame.author === "agent" ? "Support" : "Assistant")} is writing`;
      if (stayed) this.toEnd();
      clearTimeout(this.typingTimer);
      this.typingTimer = setTimeout(() => (this.typing.hidden = true), 6000);
    }

    // Reading

    countUnread(conversation, message) {
      const read = this.memory.get("read");
      if (message.author === "contact" || (read?.conversation === conversation && message.seq <= read.seq)) return;
      if (!this.panel.hidden) return this.markRead();
      this.unread += 1;
      this.showUnread();
      this.aside.textContent = `New message from ${message.author === "agent" ? message.author_name || "support" : "the assistant"}`;
    }

    markRead() {
      this.unread = 0;
      const thread = this.threads.get(this.conversation);
      if (thread) this.memory.set("read", { conversation: this.conversation, seq: thread.last });
      this.showUnread();
    }

    showUnread() {
      this.badge.hidden = !this.unread;
      this.badge.textContent = this.unread > 9 ? "9+" : String(this.unread);
      const unread = this.unread ? `, ${this.unread} unread message${this.unread > 1 ? "s" : ""}` : "";
      this.launcher.setAttribute("aria-label", this.panel.hidden ? `Open chat${unread}` : "Close chat");
    }

    atEnd() {
      return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
    }

    toEnd() {
      this.newer.hidden = true;
      this.log.scrollTop = this.log.scrollHeight;
    }
  }

  customElements.define("frontdesk-widget", FrontdeskWidget);
  const widget = new FrontdeskWidget();
  window.frontdesk = {
    open: () => widget.open(),
    close: () => widget.close(),
    send: (text) => { widget.open(); return widget.say(String(text)); },
  };
  const mount = () => document.body.append(widget);
  if (document.body) mount();
  else addEventListener("DOMContentLoaded", mount);
})();
