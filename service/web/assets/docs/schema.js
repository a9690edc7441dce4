/** A schema without its wrappers: references followed, allOf joined, "or null" taken off and noted. */
export function flatten(schema, resolve) {
  let node = resolve(schema) ?? {};
  const named = schema?.$ref?.split("/").at(-1) ?? null;
  const choices = node.oneOf ?? node.anyOf;
  if (choices) {
    const real = choices.filter((choice) => resolve(choice)?.type !== "null");
    if (real.length < choices.length && real.length === 1) return { ...flatten(real[0], resolve), nullable: true, description: node.description ?? resolve(real[0])?.description };
  }
  if (node.allOf) {
    const parts = node.allOf.map((part) => flatten(part, resolve));
    node = { ...parts.reduce(join, { type: "object" }), ...node, allOf: undefined, properties: parts.reduce(join, node).properties };
  }
  const types = [].concat(node.type ?? (node.properties ? "object" : [])).filter((type) => type !== "null");
  return { ...node, type: types[0], nullable: node.nullable ?? [].concat(node.type).includes("null"), name: node.name ?? named, choices: choices ?? null };
}

function join(one, other) {
  return { ...one, ...other, properties: { ...one.properties, ...other.properties }, required: [...(one.required ?? []), ...(other.required ?? [])] };
}

/** "array of Message", "string (date-time) or null". */
export function kindWords(schema, resolve) {
  const flat = flatten(schema, resolve);
  let words = flat.type ?? (flat.choices ? "one of" : flat.enum ? "string" : "any");
  if (flat.type === "array") words = `array of ${kindWords(flat.items, resolve)}`;
  else if (flat.type === "object" && flat.name) words = flat.name;
  else if (flat.format) words = `${flat.type} (${flat.format})`;
  return flat.nullable ? `${words} or null` : words;
}

/** A value that fits the schema, from its examples where it has some; a terse one leaves out what need not be there. */
export function example(schema, resolve, isTerse = false, above = []) {
  const flat = flatten(schema, resolve);
  if (flat.example !== undefined) return flat.example;
  if (flat.examples?.length) return flat.examples[0];
  if (flat.default !== undefined && flat.default !== null) return flat.default;
  if (flat.const !== undefined) return flat.const;
  if (flat.enum) return flat.enum.find((value) => value !== null);
  if (flat.choices) return example(flat.choices[0], resolve, isTerse, above);
  if (flat.name && above.includes(flat.name)) return flat.type === "object" ? {} : null;
  const inside = flat.name ? [...above, flat.name] : above;
  if (flat.type === "array") return flat.items ? [example(flat.items, resolve, isTerse, inside)] : [];
  if (flat.type === "object") {
    const shown = Object.entries(flat.properties ?? {}).filter(([name, property]) => !isTerse || flat.required?.includes(name) || hasExample(flatten(property, resolve)));
    return Object.fromEntries(shown.map(([name, property]) => [name, example(property, resolve, isTerse, inside)]));
  }
  return { string: stringLike(flat), integer: flat.minimum ?? 1, number: flat.minimum ?? 0.5, boolean: false }[flat.type] ?? null;
}

function hasExample(flat) {
  return flat.example !== undefined || flat.examples?.length > 0;
}

function stringLike(flat) {
  const known = { "date-time": "2026-03-02T09:30:00Z", date: "2026-03-02", uuid: "0195a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b", email: "ada@example.com", uri: "https://example.com" };
  return known[flat.format] ?? "text";
}
