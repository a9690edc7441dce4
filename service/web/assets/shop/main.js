import "./demo-dock.js";

for (const button of document.querySelectorAll("[data-chat]")) {
  button.addEventListener("click", () => window.frontdesk?.open());
}
