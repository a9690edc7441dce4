import { Api } from "./api.js";
import { openedWith, signIn, signOut } from "./session.js";
import { Desk } from "./desk.js";
import "./sign-in.js";
import "./desk-console.js";

const opened = openedWith();

function showSignIn(problem) {
  signOut();
  const form = document.createElement("sign-in");
  Object.assign(form, { agent: opened.agent ?? "", problem });
  form.addEventListener("signed-in", ({ detail }) => {
    signIn(detail.key, detail.agent);
    showConsole(detail.key, detail.agent);
  });
  document.body.replaceChildren(form);
}

function showConsole(key, agent) {
  const desk = new Desk(new Api(key), agent);
  const view = document.createElement("desk-console");
  view.desk = desk;
  const leave = (problem) => {
    desk.stop();
    showSignIn(problem);
  };
  desk.addEventListener("expired", ({ detail }) => leave(detail.text), { once: true });
  view.addEventListener("sign-out", () => leave(null));
  document.body.replaceChildren(view);
  desk.start(opened.conversation);
}

if (opened.key && opened.agent) showConsole(opened.key, opened.agent);
else showSignIn(null);
