const PATHS = {
  web: "M4 5h16v11H9l-5 4z",
  sms: "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zm3 15h2",
  email: "M3 6h18v12H3zm0 1 9 7 9-7",
  whatsapp: "M4 20l1.3-4A8 8 0 1 1 8 18.800zM9 9c0 3 3 6 6 6",
  voice: "M6 3h3l2 5-2.500 1.500a11 11 0 0 0 6 6L16 13l5 2v3a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z",
  other: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zm0 5v3l2 2",
};

const ALIKE = { phone: "sms", visitor: "web", in_app: "web", portal: "web", messenger: "web", slack: "web", telegram: "whatsapp" };

/** The drawing of a channel or kind of address; decoration only, always beside its name or a label. */
export function channelIcon(channel) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[ALIKE[channel] ?? channel] ?? PATHS.other);
  svg.append(path);
  return svg;
}
