import { span } from "../elements/dates.js";

const clocks = new Set();
setInterval(() => clocks.forEach((clock) => clock.tick()), 1000);

/** How long somebody has waited, ticking; turns red once the promised time has passed. */
class WaitClock extends HTMLElement {
  connectedCallback() {
    clocks.add(this);
    this.tick();
  }

  disconnectedCallback() {
    clocks.delete(this);
  }

  tick() {
    const since = Date.parse(this.getAttribute("since"));
    const due = Date.parse(this.getAttribute("due"));
    const isLate = due < Date.now();
    const waited = `${span((Date.now() - since) / 1000)}`;
    this.textContent = isLate ? `${waited}, late` : waited;
    this.classList.toggle("late", isLate);
  }
}

customElements.define("wait-clock", WaitClock);
