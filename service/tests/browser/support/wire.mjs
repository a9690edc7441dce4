/* A hand on the wire between the chat and the server. */
import { Customer } from "./customer.mjs";

/** Arrives with a hand on the wire: `pass` gets each message frame of the server and a function that sends one on. */
export function arrivesThrough(pass) {
  return Customer.arrives({
    before: (page) => page.routeWebSocket(/\/channels\/.*\/ws$/, (near) => {
      const far = near.connectToServer();
      far.onMessage((text) => {
        const frame = JSON.parse(text);
        if (frame.type === "message") pass(frame, () => near.send(text), near);
        else near.send(text);
      });
    }),
  });
}
