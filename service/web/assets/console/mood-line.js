import { h } from "../elements/h.js";

const WIDTH = 200;
const HEIGHT = 56;

/** The contact's mood over the conversation, from -1 (very bad) to 1 (very good), with the words for it. */
export function moodLine(mood) {
  const points = mood.trajectory.map((value) => Math.max(-1, Math.min(1, value)));
  const x = (idx) => (points.length === 1 ? WIDTH / 2 : 4 + (idx * (WIDTH - 8)) / (points.length - 1));
  const y = (value) => HEIGHT / 2 - value * (HEIGHT / 2 - 5);
  const svg = drawing("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "mood", preserveAspectRatio: "none", "aria-hidden": "true" });
  svg.append(drawing("line", { class: "zero", x1: 0, x2: WIDTH, y1: HEIGHT / 2, y2: HEIGHT / 2 }),
    drawing("polyline", { points: points.map((value, idx) => `${x(idx)},${y(value)}`).join(" ") }));
  return h("div", {}, svg, h("div", { class: "mood-words small quiet" },
    h("span", {}, `Started ${moodWords(points[0])}`), h("span", {}, `Worst ${moodWords(mood.worst)}`), h("span", {}, `Now ${moodWords(mood.last)}`)));
}

function moodWords(value) {
  if (value <= -0.6) return "angry";
  if (value <= -0.2) return "unhappy";
  return value < 0.3 ? "calm" : "pleased";
}

function drawing(tag, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
