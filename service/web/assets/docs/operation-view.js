import { h } from "../elements/h.js";
import { copyButton } from "../elements/copy-button.js";
import { curl } from "./curl.js";
import { example } from "./schema.js";
import { fieldView, schemaView } from "./schema-view.js";
import { words } from "./words.js";

const PLACES = { path: "In the path", query: "In the query", header: "In the headers" };

const ANSWERS = {
  200: "Done", 201: "Created", 202: "Taken, not yet finished", 204: "Done, nothing to show", 400: "The request cannot be read", 401: "No key, or one that is not known",
  403: "The key may not do this", 404: "There is no such thing", 409: "Not possible as things stand now", 422: "The request is not valid", 503: "Not available just now",
};

/** One operation: what it does and takes on the left, what to type and what comes back on the right. */
export function operationView(operation, spec) {
  const { resolve } = spec;
  return h("article", { class: "operation", id: operation.id },
    h("header", {},
      h("h3", {}, h("a", { href: `#${operation.id}` }, operation.summary)),
      h("div", { class: "route" }, h("span", { class: `method ${operation.method}` }, operation.method), h("span", {}, operation.path)),
      operation.description && words(operation.description)),
    h("div", {}, parameters(operation, resolve), body(operation, resolve), responses(operation, resolve)),
    h("div", { class: "side" }, request(operation, resolve), answer(operation, resolve)));
}

function parameters(operation, resolve) {
  return Object.entries(PLACES).map(([place, words]) => {
    const here = operation.parameters.filter((parameter) => parameter.in === place);
    if (!here.length) return null;
    return [h("h4", {}, words), h("ul", { class: "fields" }, here.map((parameter) =>
      fieldView({ name: parameter.name, schema: parameter.schema ?? {}, isRequired: parameter.required, description: parameter.description }, resolve)))];
  }).flat();
}

function body(operation, resolve) {
  if (!operation.body?.schema) return null;
  return [h("h4", {}, "Body", h("span", { class: "kind" }, operation.body.type)), schemaView(operation.body.schema, resolve)];
}

function responses(operation, resolve) {
  if (!operation.responses.length) return null;
  return [h("h4", {}, "Answers"), h("dl", { class: "statuses" }, operation.responses.flatMap((response) => {
    const fields = response.schema ? schemaView(response.schema, resolve) : null;
    return [
      h("dt", { class: /^[23]/.test(response.status) ? "ok" : "refused" }, response.status),
      h("dd", {}, response.description || ANSWERS[response.status] || "", fields && h("details", {}, h("summary", {}, "Fields"), fields)),
    ];
  }))];
}

function request(operation, resolve) {
  const text = curl(operation, resolve);
  return sample("Request", text, copyButton("Copy curl", () => text));
}

function answer(operation, resolve) {
  const good = operation.responses.find((response) => response.status.startsWith("2") && (response.schema || response.example !== undefined));
  if (!good || !good.type?.includes("json")) return null;
  const value = good.example ?? example(good.schema, resolve);
  return sample(`Answer ${good.status}`, JSON.stringify(value, null, 2), null);
}

function sample(title, text, button) {
  return h("figure", { class: "sample" }, h("header", {}, h("span", {}, title), button), h("pre", { tabindex: "0", role: "group", "aria-label": title }, text));
}
