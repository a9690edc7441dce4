import { Api } from "./api.js";
import { openedWith, signIn, signOut } from "./session.js";
import { Desk } from "./desk.js";
import "./sign-in.js";
import "./desk-console.js";

let stop = () => {};

function showSignIn({ key, agent, conversation, problem }) {
  const form = document.createElement("sign-in");
  Object.assign(form, { key, agent, problem });
  form.addEventListener("signed-in", ({ detail }) => {
    signIn(detail.key, detail.agent);
    showConsole({ ...detail, conversation });
  });
  document.body.replaceChildren(form);
}

function showConsole({ key, agent, conversation }) {
  const desk = new Desk(new Api(key), agent);
  const view = document.createElement("desk-console");
  view.desk = desk;
  stop = () => desk.stop();
  const leave = (problem) => {
    stop();
    signOut();
    showSignIn({ agent, conversation: desk.selected, problem });
  };
  desk.addEventListener("expired", ({ detail }) => leave(detail.text), { once: true });
  view.addEventListener("sign-out", () => leave(null));
  document.body.replaceChildren(view);
  desk.start(conversation);
}

function open() {
  stop();
  const opened = openedWith();
  if (opened.key && opened.agent) showConsole(opened);
  else showSignIn(opened);
}

addEventListener("hashchange", open);
open();
