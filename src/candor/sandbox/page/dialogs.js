// The left column: who I am, search, the list of chats.

import { avatar, h, icon, iconButton, menu, replace, sheet } from "./dom.js";
import { preview, timeOf } from "./message.js";

const PUBLIC_FRESH_FOR = 4000;

export function makeDialogs(app) {
  const { t } = app;
  const person = h("button", { type: "button", class: "sbx-person", on: { click: () => app.people_.choose(person) } });
  const clock = h("button", { type: "button", class: "sbx-clock", title: t.moveTime, on: { click: () => moveTime(app, clock) } });
  const search = h("input", { class: "sbx-search-input", type: "search", placeholder: t.search, "aria-label": t.search, on: { input: () => draw(), keydown: onKey } });
  const list = h("nav", { class: "sbx-list", "aria-label": t.chats });
  const element = h(
    "div",
    { class: "sbx-side" },
    h("div", { class: "sbx-side-head" }, person, clock, iconButton("plus", t.create, (event) => createMenu(app, event.currentTarget))),
    h("div", { class: "sbx-search" }, icon("search"), search),
    list,
  );
  let offset = 0;
  setInterval(drawClock, 10_000);
  app.api.get("/clock").then((found) => setTime(found.now), () => {});

  function setTime(now) {
    offset = new Date(now).getTime() - Date.now();
    drawClock();
  }

  function drawClock() {
    const at = new Date(Date.now() + offset);
    const far = Math.abs(offset) > 60_000;
    replace(clock, icon("clock"), h("span", {}, at.toLocaleTimeString(app.language, { hour: "2-digit", minute: "2-digit" })));
    clock.classList.toggle("is-moved", far);
  }

  function onKey(event) {
    if (event.key !== "Enter") return;
    const wanted = search.value.trim();
    if (!wanted) return;
    if (/^@|t\.me\/|^tg:/.test(wanted)) follow(wanted);
    else list.querySelector(".sbx-dialog")?.click();
  }

  // Opens a t.me link as tapping it in Telegram does.
  async function follow(link) {
    const invite = /(\/\+|joinchat\/|tg:\/\/join)/.test(link);
    try {
      if (invite) return await joinByLink(app, link);
      let opened = await app.api.post("/open", { user_id: app.me.id, link });
      if (opened.kind === "choose") {
        const chat = await chooseGroup(app, t.startGroupWhich);
        if (!chat) return null;
        opened = await app.api.post("/open", { user_id: app.me.id, link, chat_id: chat });
      }
      if (opened.kind === "invoice") return app.thread.payOffer(opened.payload);
      search.value = "";
      await app.refreshChats();
      return await app.open(opened.chat_id);
    } catch (error) {
      return app.fail(error);
    }
  }

  function draw() {
    drawClock();
    replace(
      person,
      avatar(app.me || { name: "?" }, "is-small"),
      h("span", {}, h("small", {}, t.personAs), h("b", {}, app.me ? app.me.name : t.noPeople)),
      icon("chevron"),
    );
    const wanted = search.value.trim().toLowerCase().replace(/^@/, "");
    const fits = (thing) => !wanted || `${thing.title || thing.name} ${thing.username || ""}`.toLowerCase().includes(wanted);
    const mine = app.chats.filter(fits).filter((chat) => !chat.is_direct_messages || chat.last_message || chat.can_manage);
    const known = new Set(app.chats.map((chat) => chat.peer?.id));
    const others = app.me ? app.bots.filter((bot) => !known.has(bot.id)).filter(fits) : [];
    replace(
      list,
      mine.map((chat) => line(app, chat)),
      !mine.length && app.me && !wanted ? h("p", { class: "sbx-hint" }, t.emptyChats) : null,
      others.length ? h("h2", { class: "sbx-list-head" }, t.bots) : null,
      others.map((bot) => botLine(app, bot)),
    );
    if (app.me) drawPublic(wanted);
  }

  // What is public to everybody and not yet among this person's chats; asked for now and then.
  let asked = "";
  let publicChats = { at: -PUBLIC_FRESH_FOR, found: Promise.resolve([]) };
  async function drawPublic(wanted) {
    asked = wanted;
    if (performance.now() - publicChats.at > PUBLIC_FRESH_FOR) {
      publicChats = { at: performance.now(), found: app.api.get("/chats", { public: true }).catch(() => []) };
    }
    const all = await publicChats.found;
    if (asked !== wanted) return;
    const mine = new Set(app.chats.map((chat) => chat.id));
    const open = all.filter((chat) => chat.username && !chat.peer && !mine.has(chat.id));
    const found = open.filter((chat) => `${chat.title} ${chat.username}`.toLowerCase().includes(wanted));
    list.querySelectorAll(".is-public").forEach((item) => item.remove());
    if (!found.length) return;
    list.append(h("h2", { class: "sbx-list-head is-public" }, t.channels), ...found.map((chat) => line(app, chat, "is-public")));
  }

  return { element, draw, follow, setTime };
}

function line(app, chat, extra = "") {
  const last = chat.last_message;
  const isHere = app.current?.chat.id === chat.id;
  const author = last?.from && !chat.peer && !last.is_service && chat.type !== "channel" ? `${last.from.id === app.me.id ? app.t.you : last.from.name}: ` : "";
  const kind = chat.is_direct_messages ? "mail" : chat.type === "channel" ? "horn" : chat.peer ? "" : "users";
  return h(
    "button",
    { type: "button", class: `sbx-dialog ${isHere ? "is-here" : ""} ${extra}`, on: { click: () => app.open(chat.id) } },
    avatar({ id: chat.peer?.id ?? chat.id, name: chat.title }),
    h(
      "span",
      { class: "sbx-dialog-text" },
      h(
        "span",
        { class: "sbx-dialog-top" },
        h("b", {}, kind ? icon(kind) : null, chat.is_direct_messages ? `${app.t.directMessages}: ${chat.title}` : chat.title),
        chat.peer?.is_bot ? h("span", { class: "sbx-badge" }, app.t.bot) : null,
        last ? h("time", {}, shortDate(last.date, app.language)) : null,
      ),
      h("span", { class: "sbx-dialog-bottom" }, h("span", { dir: "auto" }, author + preview(last, app.t)), chat.unread ? h("em", {}, chat.unread) : null),
    ),
  );
}

function botLine(app, bot) {
  const click = async () => {
    try {
      const chat = await app.api.post("/chats", { type: "private", owner_id: app.me.id, peer: bot.id });
      await app.refreshChats();
      await app.open(chat.id);
    } catch (error) {
      app.fail(error);
    }
  };
  return h(
    "button",
    { type: "button", class: "sbx-dialog", on: { click } },
    avatar(bot),
    h(
      "span",
      { class: "sbx-dialog-text" },
      h("span", { class: "sbx-dialog-top" }, h("b", {}, bot.name), h("span", { class: "sbx-badge" }, app.t.bot)),
      h("span", { class: "sbx-dialog-bottom" }, h("span", {}, bot.short_description || `@${bot.username}`)),
    ),
  );
}

function shortDate(date, language) {
  const at = new Date(date);
  const days = (Date.now() - at.getTime()) / 86_400_000;
  if (at.toDateString() === new Date().toDateString()) return timeOf(date, language);
  return at.toLocaleDateString(language, Math.abs(days) < 6 ? { weekday: "short" } : { day: "numeric", month: "short" });
}

function moveTime(app, anchor) {
  const { t } = app;
  const step = (label, seconds) => ({
    label,
    click: () => app.api.post("/clock", { advance_seconds: seconds }).then((found) => app.dialogs.setTime(found.now), app.fail),
  });
  const note = { node: h("p", { class: "sbx-menu-note" }, h("b", {}, t.moveTime), t.timeHint) };
  menu(anchor, [note, step(t.minutes10, 600), step(t.hour, 3600), step(t.day, 86_400), step(t.week, 604_800)], app.root);
}

function createMenu(app, anchor) {
  const { t } = app;
  menu(
    anchor,
    [
      { label: t.newPerson, icon: "users", click: () => app.people_.invent() },
      app.me && { label: t.newGroup, icon: "plus", click: () => newChat(app, "supergroup") },
      app.me && { label: t.newChannel, icon: "comments", click: () => newChat(app, "channel") },
      { label: t.addBot, icon: "keyboard", click: () => newBot(app) },
    ],
    app.root,
  );
}

async function newChat(app, type) {
  const { t } = app;
  const isChannel = type === "channel";
  const others = [...app.people.filter((person) => person.id !== app.me.id), ...app.bots].map((user) => [user.id, user.name + (user.is_bot ? ` · ${t.bot}` : "")]);
  const fields = [
    { name: "title", label: t.title, required: true, max: 128 },
    { name: "username", label: t.publicName, max: 32 },
    ...(isChannel
      ? [
          { name: "discussion", label: t.withComments, type: "checkbox", value: true },
          { name: "direct_messages", label: t.withDirect, type: "checkbox" },
        ]
      : [{ name: "members", label: t.members, type: "many", options: others }]),
  ];
  const given = await sheet(app.root, { title: isChannel ? t.newChannel : t.newGroup, fields, submit: t.create, cancel: t.cancel });
  if (!given) return;
  try {
    const body = { ...given, username: given.username || null, owner_id: app.me.id };
    const chat = await app.api.post(isChannel ? "/channels" : "/chats", isChannel ? body : { ...body, type });
    await app.refreshChats();
    await app.open(chat.id);
  } catch (error) {
    app.fail(error);
  }
}

async function newBot(app) {
  const { t } = app;
  const fields = [
    { name: "name", label: t.title, required: true, max: 64 },
    { name: "username", label: t.botUsername, required: true, max: 32 },
  ];
  const given = await sheet(app.root, { title: t.addBot, fields, submit: t.create, cancel: t.cancel });
  if (!given) return;
  try {
    const bot = await app.api.post("/bots", given);
    const body = h("code", { class: "sbx-token" }, bot.token);
    await app.refreshPeople();
    await sheet(app.root, { title: t.botToken, text: t.botTokenHow, body, submit: t.done });
  } catch (error) {
    app.fail(error);
  }
}

export async function joinByLink(app, link) {
  const { t } = app;
  const invite = await app.api.get("/invites", { link, user_id: app.me.id });
  const chat = invite.chat;
  if (chat.is_member) return app.open(chat.id);
  const body = h(
    "div",
    { class: "sbx-join" },
    avatar({ id: chat.id, name: chat.title }, "is-big"),
    h("b", {}, chat.title),
    h("small", {}, chat.type === "channel" ? t.subscribersOf(chat.member_count) : t.membersOf(chat.member_count)),
    chat.description ? h("p", {}, chat.description) : null,
    h("p", { class: "sbx-consent" }, t.consent),
  );
  const label = invite.creates_join_request ? t.askJoin : t.join;
  const given = await sheet(app.root, { title: t.inviteText, body, submit: label, cancel: t.cancel });
  if (!given) return null;
  const joined = await app.api.post(`/chats/${invite.chat_id}/join`, { user_id: app.me.id, invite_link: invite.invite_link });
  app.say(joined.status === "requested" ? t.requested : t.joined);
  await app.refreshChats();
  return joined.status === "requested" ? null : app.open(joined.chat_id);
}

export async function chooseGroup(app, title, fits = (chat) => chat.type !== "private" && chat.type !== "channel") {
  const groups = app.chats.filter((chat) => !chat.peer && fits(chat));
  if (!groups.length) {
    app.say(app.t.emptyChats);
    return null;
  }
  const options = groups.map((chat) => [chat.id, chat.title]);
  const given = await sheet(app.root, {
    title,
    fields: [{ name: "chat", label: app.t.group, type: "choice", options }],
    submit: app.t.done,
    cancel: app.t.cancel,
  });
  return given ? Number(given.chat) : null;
}
