import { h } from "../elements/h.js";
import { flatten, kindWords } from "./schema.js";
import { words } from "./words.js";

const OPEN_DEPTH = 1;

/** The fields of a schema as a list; what lies deeper is folded. */
export function schemaView(schema, resolve, above = []) {
  const flat = flatten(schema, resolve);
  if (flat.type === "array" && flat.items) return schemaView(flat.items, resolve, above);
  if (flat.choices) return choicesView(flat, resolve, above);
  const properties = Object.entries(flat.properties ?? {});
  if (!properties.length || (flat.name && above.includes(flat.name))) return null;
  const inside = flat.name ? [...above, flat.name] : [...above, ""];
  return h("ul", { class: "fields" }, properties.map(([name, property]) =>
    fieldView({ name, schema: property, isRequired: flat.required?.includes(name) }, resolve, inside)));
}

/** One field or parameter: name, kind, whether it must be there, what it means. */
export function fieldView({ name, schema, isRequired, description }, resolve, above = []) {
  const flat = flatten(schema, resolve);
  const deeper = schemaView(schema, resolve, above);
  return h("li", {},
    h("code", {}, name), h("span", { class: "kind" }, kindWords(schema, resolve)), isRequired && h("span", { class: "must" }, "required"),
    description || flat.description ? words(description || flat.description) : null,
    values(flat),
    deeper && (above.length <= OPEN_DEPTH - 1 ? deeper : h("details", {}, h("summary", {}, `Fields of ${name}`), deeper)));
}

function choicesView(flat, resolve, above) {
  const shown = flat.choices.map((choice) => schemaView(choice, resolve, above)).filter(Boolean);
  if (!shown.length) return null;
  return h("div", {}, shown.map((view, idx) => h("details", { open: idx === 0 }, h("summary", {}, `Form ${idx + 1}`), view)));
}

function values(flat) {
  const parts = [];
  if (flat.enum) parts.push("One of ", ...flat.enum.filter((value) => value !== null).flatMap((value) => [h("code", {}, String(value)), " "]));
  if (flat.minimum !== undefined || flat.maximum !== undefined) parts.push(`From ${flat.minimum ?? "any"} to ${flat.maximum ?? "any"}. `);
  if (flat.maxLength !== undefined) parts.push(`At most ${flat.maxLength} characters. `);
  if (flat.default !== undefined && flat.default !== null) parts.push("Default ", h("code", {}, JSON.stringify(flat.default)), ".");
  return parts.length ? h("span", { class: "values" }, parts) : null;
}
