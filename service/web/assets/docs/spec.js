const METHODS = ["get", "post", "put", "patch", "delete"];

/** Reads an OpenAPI 3 description into groups of operations, references resolved one step at a time. */
export function readSpec(raw) {
  const resolve = (node) => follow(raw, node);
  const operations = Object.entries(raw.paths ?? {}).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => readOperation(path, method, item, resolve)));
  const described = new Map((raw.tags ?? []).map((tag) => [tag.name, tag.description]));
  const names = [...new Set([...described.keys(), ...operations.map((operation) => operation.group)])];
  const groups = names.map((name) => ({
    name: title(name), description: described.get(name), operations: operations.filter((operation) => operation.group === name),
  })).filter((group) => group.operations.length);
  return { title: raw.info?.title ?? "API", version: raw.info?.version ?? "", description: raw.info?.description ?? "", groups, resolve };
}

function readOperation(path, method, item, resolve) {
  const operation = item[method];
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolve);
  const body = resolve(operation.requestBody);
  const responses = Object.entries(operation.responses ?? {}).map(([status, response]) => ({ status, ...media(resolve(response)), description: resolve(response).description }));
  const [summary, rest] = firstSentence(operation.summary || operation.description || path);
  const description = [rest, operation.summary && operation.description !== operation.summary && operation.description].filter(Boolean).join("\n\n");
  return {
    id: `${method}${path.replaceAll(/[^a-zA-Z0-9]+/g, "-").replace(/-$/, "")}`, path, method, parameters, responses, summary, description,
    group: operation.tags?.[0] ?? "Other", body: body && { required: body.required, ...media(body) },
    text: JSON.stringify([path, method, summary, operation]).toLowerCase(),
  };
}

/** The first sentence without its full stop, to be a title, and what follows it. */
function firstSentence(text) {
  const [, first, rest] = /^([\s\S]+?)\.(?:\s+([\s\S]*))?$/.exec(text) ?? [null, text];
  return [first, rest ?? ""];
}

/** The JSON form of a body if there is one, else the first. */
function media(body) {
  const [type, content] = Object.entries(body?.content ?? {}).sort(([one], [other]) => other.includes("json") - one.includes("json"))[0] ?? [];
  const example = content?.example ?? Object.values(content?.examples ?? {})[0]?.value;
  return { type, schema: content?.schema, example };
}

/** Follows a `$ref` to what it names; answers anything else as it is. */
function follow(raw, node) {
  let found = node;
  for (let steps = 0; found?.$ref && steps < 20; steps += 1) {
    found = found.$ref.replace(/^#\//, "").split("/").reduce((place, key) => place?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], raw);
  }
  return found;
}

function title(name) {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
}
