import { example } from "./schema.js";

/** The operation as a command that can be pasted into a shell. */
export function curl(operation, resolve) {
  const required = operation.parameters.filter((parameter) => parameter.required);
  const path = required.filter((parameter) => parameter.in === "path").reduce((text, parameter) =>
    text.replace(`{${parameter.name}}`, pathSample(parameter)), operation.path);
  const query = new URLSearchParams(required.filter((parameter) => parameter.in === "query").map((parameter) => [parameter.name, sampleOf(parameter, resolve)])).toString();
  const parts = [`curl ${quote(location.origin + path + (query && `?${query}`))}`, '-H "Authorization: Bearer $FRONTDESK_KEY"'];
  if (operation.method !== "get") parts[0] = `curl -X ${operation.method.toUpperCase()} ${parts[0].slice(5)}`;
  if (operation.method === "post") parts.push('-H "Idempotency-Key: $(uuidgen)"');
  if (operation.body?.type) {
    const value = operation.body.example ?? example(operation.body.schema, resolve, true);
    const isJson = operation.body.type.includes("json");
    parts.push(`-H 'Content-Type: ${operation.body.type}'`, `-d ${quote(isJson ? JSON.stringify(value, null, 2) : String(value))}`);
  }
  return parts.join(" \\\n  ");
}

/** An example to use as it is, or a mark that something has to be put in. */
function pathSample(parameter) {
  const given = parameter.example ?? parameter.schema?.example;
  return given === undefined ? `<${parameter.name}>` : encodeURIComponent(given);
}

function sampleOf(parameter, resolve) {
  return String(parameter.example ?? example(parameter.schema ?? { type: "string" }, resolve));
}

function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
