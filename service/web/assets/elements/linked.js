import { h } from "./h.js";

const ADDRESS = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/;

/** Splits text into text and links, for h(). Only http and https addresses become links. */
export function linked(text) {
  return text.split(ADDRESS).map((piece, idx) =>
    idx % 2 ? h("a", { href: piece, target: "_blank", rel: "noopener noreferrer nofollow" }, piece) : piece);
}
