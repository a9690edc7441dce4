import { h } from "../elements/h.js";
import { readSpec } from "./spec.js";
import { operationView } from "./operation-view.js";
import { words } from "./words.js";

const content = document.getElementById("content");
const search = document.getElementById("search");
const found = document.getElementById("found");

async function start() {
  const response = await fetch("/openapi.json").catch(() => null);
  if (!response?.ok) {
    content.replaceChildren(h("p", { class: "problem", role: "alert" }, "The API description could not be loaded. Is the server running?"));
    return;
  }
  const spec = readSpec(await response.json());
  const groups = spec.groups.map((group) => showGroup(group, spec));
  content.replaceChildren(intro(spec), ...groups.map((group) => group.section));
  document.getElementById("index").replaceChildren(...groups.map((group) => group.index));
  search.addEventListener("input", () => filter(groups));
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

function intro(spec) {
  return h("div", { class: "intro" },
    h("h1", {}, spec.title), h("p", { class: "quiet" }, `Version ${spec.version} · `, h("a", { href: "/openapi.json" }, "openapi.json")),
    words(spec.description),
    h("p", {}, "The examples read the key from ", h("code", {}, "$FRONTDESK_KEY"), "."));
}

function showGroup(group, spec) {
  const operations = group.operations.map((operation) => ({
    text: operation.text, view: operationView(operation, spec),
    link: h("li", {}, h("a", { href: `#${operation.id}` }, h("span", { class: `method ${operation.method}` }, operation.method), h("span", {}, operation.summary))),
  }));
  return {
    operations,
    section: h("section", { class: "group" }, h("h2", {}, group.name), group.description && words(group.description), operations.map((operation) => operation.view)),
    index: h("div", {}, h("h2", {}, group.name), h("ul", {}, operations.map((operation) => operation.link))),
  };
}

/** Shows the operations that hold every word of the search, anywhere in them. */
function filter(groups) {
  const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const group of groups) {
    let inGroup = 0;
    for (const operation of group.operations) {
      const fits = wanted.every((word) => operation.text.includes(word));
      operation.view.hidden = operation.link.hidden = !fits;
      inGroup += Number(fits);
    }
    group.section.hidden = group.index.hidden = !inGroup;
    count += inGroup;
  }
  search.closest("nav").classList.toggle("searching", wanted.length > 0);
  found.textContent = !wanted.length ? "" : count ? `${count} ${count === 1 ? "operation" : "operations"}` : "No operation has these words.";
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.matches?.("input") || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  search.focus();
});

start();
