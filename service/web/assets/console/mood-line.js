import { h } from "../elements/h.js";

const WIDTH = 200;
const HEIGHT = 56;

/** How frustrated the contact was at each of their turns, from 0 (calm, below) to 1 (furious, above). */
export function moodLine(mood) {
  const points = mood.trajectory.map((value) => Math.max(0, Math.min(1, value)));
  const x = (idx) => (points.length === 1 ? WIDTH / 2 : 4 + (idx * (WIDTH - 8)) / (points.length - 1));
  const y = (value) => HEIGHT - 5 - value * (HEIGHT - 10);
  const svg = drawing("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "mood", preserveAspectRatio: "none", "aria-hidden": "true" });
  svg.append(drawing("line", { class: "zero", x1: 0, x2: WIDTH, y1: HEIGHT - 5, y2: HEIGHT - 5 }),
    drawing("polyline", { points: points.map((value, idx) => `${x(idx)},${y(value)}`).join(" ") }));
  return h("div", {}, svg, h("div", { class: "mood-words small quiet" },
    h("span", {}, `Started ${moodWords(points[0])}`), h("span", {}, `Worst ${moodWords(mood.worst)}`), h("span", {}, `Now ${moodWords(mood.last)}`)));
}

function moodWords(value) {
  if (value >= 0.75) return "angry";
  if (value >= 0.45) return "frustrated";
  return value >= 0.2 ? "uneasy" : "calm";
}

function drawing(tag, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
