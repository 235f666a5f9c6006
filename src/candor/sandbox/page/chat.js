// The chat page: one person's Telegram. State lives here; the columns draw themselves from it.

import { makeApi } from "./api.js";
import { h, toast } from "./dom.js";
import { makeDialogs } from "./dialogs.js";
import { makeInfo } from "./info.js";
import { makePeople } from "./people.js";
import { makeThread } from "./thread.js";
import { wordsFor } from "./words.js";

const root = document.getElementById("sandbox-chat");
if (root) start(root);

function start(root) {
  const language = root.dataset.lang || document.documentElement.lang || "en";
  const app = {
    root,
    language,
    t: wordsFor(language),
    api: makeApi(root.dataset.api || "/api/sandbox"),
    wait: Number(root.dataset.wait ?? 8),
    me: null,
    people: [],
    bots: [],
    chats: [],
    current: null, // {chat, thread, topic}
    typing: new Map(),
    fail: (error) => toast(root, error.message, "is-error"),
    say: (text) => toast(root, text),
  };
  app.people_ = makePeople(app);
  app.dialogs = makeDialogs(app);
  app.thread = makeThread(app);
  app.info = makeInfo(app);
  app.frame = h("div", { class: "sbx-frame" }, app.dialogs.element, app.thread.element, app.info.element);
  root.replaceChildren(app.frame);

  app.refreshChats = async () => {
    if (!app.me) return;
    app.chats = await app.api.get("/chats", { user_id: app.me.id });
    app.dialogs.draw();
  };
  app.refreshPeople = async () => {
    [app.people, app.bots] = await Promise.all([app.api.get("/users"), app.api.get("/bots")]);
    if (app.me) app.me = app.people.find((person) => person.id === app.me.id) || app.people[0] || null;
    app.dialogs.draw();
  };
  app.become = async (person) => {
    app.me = person;
    app.current = null;
    saveHash(app);
    app.frame.classList.remove("has-thread", "has-info");
    app.thread.draw();
    app.info.draw();
    app.dialogs.draw();
    await app.refreshChats();
    connect(app);
  };
  // `place`: {thread, topic} narrows the chat to a comment thread, a forum topic or a reader's letters.
  app.open = async (chatId, place = {}) => {
    try {
      const chat = await app.api.get(`/chats/${chatId}`, { user_id: app.me.id });
      app.current = { chat, ...place };
      saveHash(app);
      app.frame.classList.add("has-thread");
      await app.thread.load();
      app.dialogs.draw();
      app.info.draw();
    } catch (error) {
      app.fail(error);
    }
  };
  app.close = () => {
    app.current = null;
    saveHash(app);
    app.frame.classList.remove("has-thread", "has-info");
    app.thread.draw();
    app.dialogs.draw();
  };
  app.follow = (address) => app.dialogs.follow(address);
  boot(app).catch(app.fail);
  window.addEventListener("hashchange", () => boot(app).catch(app.fail));
}

function saveHash(app) {
  const wanted = new URLSearchParams();
  if (app.me) wanted.set("as", app.me.id);
  if (app.current) wanted.set("chat", app.current.chat.id);
  const hash = `#${wanted}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
  if (app.me) sessionStorage.setItem("sandbox-person", app.me.id);
}

async function boot(app) {
  const asked = new URLSearchParams(location.hash.slice(1));
  await app.refreshPeople();
  const id = Number(asked.get("as") || sessionStorage.getItem("sandbox-person"));
  const person = app.people.find((item) => item.id === id) || app.people[0];
  if (!person) {
    app.dialogs.draw();
    app.thread.draw();
    await app.people_.invent(true);
    return;
  }
  await app.become(person);
  const chat = Number(asked.get("chat"));
  if (chat) await app.open(chat);
}

let connection = null;

function connect(app) {
  connection?.abort();
  connection = new AbortController();
  listen(app, connection.signal);
}

async function listen(app, signal) {
  let after = null;
  let failures = 0;
  while (!signal.aborted) {
    try {
      // A tab that nobody looks at holds no connection: browsers have few of them per site.
      const query = { user_id: app.me.id, after, timeout: document.hidden ? 0 : app.wait };
      const asked = performance.now();
      const news = await app.api.get("/events", after === null ? { user_id: app.me.id } : query, signal);
      const isReset = news.reset && after !== null;
      after = news.last;
      if (failures) app.root.classList.remove("is-offline");
      failures = 0;
      if (isReset || news.events.some((event) => event.kind === "reset")) await restart(app);
      else await take(app, news.events);
      // A breath between two polls gathers bursts; without long polls it is the rhythm.
      // Whom the server did not let wait comes back as seldom as one that can't wait at all.
      const waited = news.events.length > 0 || performance.now() - asked > 1000;
      await pause(document.hidden ? 4000 : app.wait && waited ? 120 : 700, signal);
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      if (failures === 3) {
        app.root.classList.add("is-offline");
        app.say(app.t.offline);
      }
      await pause(Math.min(8000, 500 * 2 ** failures), signal);
    }
  }
}

function pause(time, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, time);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function restart(app) {
  await app.refreshPeople();
  if (app.me) await app.become(app.me);
}

async function take(app, events) {
  if (!events.length) return;
  const kinds = new Set(events.map((event) => event.kind));
  const here = app.current?.chat.id;
  for (const event of events) {
    if (event.kind === "answer") app.thread.showAnswer(event);
    if (event.kind === "payment") app.thread.showPayment(event);
    if (event.kind === "clock") app.dialogs.setTime(event.now);
  }
  if (kinds.has("people")) await app.refreshPeople();
  const touching = events.filter((event) => event.chat_id === here && event.kind !== "typing");
  if (here && touching.length) await app.thread.update(touching);
  const spoken = Math.max(0, ...events.filter((event) => event.kind === "message" && event.chat_id === here).map((event) => event.number));
  for (const event of events) if (event.kind === "typing" && event.number > spoken) app.thread.showTyping(event);
  if (["message", "edit", "delete", "members", "chat", "people"].some((kind) => kinds.has(kind))) await app.refreshChats();
}
