// The right column: members, topics, invite links, join requests, and what the person may change.

import { avatar, h, iconButton, menu, replace, sheet } from "./dom.js";
import { chooseGroup } from "./dialogs.js";

export function makeInfo(app) {
  const { t } = app;
  const element = h("div", { class: "sbx-info" });

  function toggle(isOpen) {
    app.frame.classList.toggle("has-info", isOpen);
    draw();
  }

  async function draw() {
    if (!app.current || !app.frame?.classList.contains("has-info")) return;
    const { chat } = app.current;
    const top = [
      h("div", { class: "sbx-head" }, h("b", { class: "sbx-head-name" }, chat.title), iconButton("close", t.close, () => toggle(false))),
      h(
        "div",
        { class: "sbx-info-card" },
        avatar({ id: chat.peer?.id ?? chat.id, name: chat.title }, "is-big"),
        h("b", {}, chat.title),
        chat.username ? h("small", {}, `@${chat.username}`) : null,
        chat.description ? h("p", { dir: "auto" }, chat.description) : null,
      ),
    ];
    const rest = await (chat.peer ? peerPart(chat) : groupPart(chat)).catch(() => []);
    if (app.current?.chat.id === chat.id) replace(element, top, rest);
  }

  const action = (label, click, extra = "") => h("button", { type: "button", class: `sbx-line ${extra}`, on: { click: () => Promise.resolve(click()).catch(app.fail) } }, label);
  const section = (title, ...children) => h("section", { class: "sbx-section" }, title ? h("h3", {}, title) : null, children);

  async function peerPart(chat) {
    const me = app.me.id;
    const bot = chat.peer.is_bot ? app.bots.find((item) => item.id === chat.peer.id) : null;
    const connections = bot ? await app.api.get("/business-connections") : [];
    const connected = connections.find((item) => item.is_enabled && item.user.id === me && item.bot.id === bot.id);
    return h(
      "section",
      { class: "sbx-section" },
      bot?.short_description ? h("p", { class: "sbx-note", dir: "auto" }, bot.short_description) : null,
      bot ? action(t.startGroup, () => addBot(bot)) : null,
      bot?.can_connect_to_business ? action(connected ? t.disconnect : t.connect, () => connect(bot, connected)) : null,
      connected ? h("p", { class: "sbx-note" }, t.connected) : null,
      action(chat.is_blocked ? t.unblock : t.block, () => app.api.post("/block", { user_id: me, peer: chat.peer.id, is_blocked: !chat.is_blocked }).then(() => app.open(chat.id)), chat.is_blocked ? "" : "is-danger"),
    );
  }

  // A bot that answers in the person's own dialogues: Telegram's "chatbots" of an account.
  async function connect(bot, connected) {
    if (connected) await app.api.put(`/business-connections/${connected.id}`, { is_enabled: false });
    else {
      const given = await sheet(app.root, { title: t.connect, text: t.connectAsk, submit: t.done, cancel: t.cancel });
      if (!given) return;
      await app.api.post("/business-connections", { user_id: app.me.id, bot: bot.id });
    }
    await draw();
  }

  async function addBot(bot) {
    const group = await chooseGroup(app, t.startGroupWhich);
    if (!group) return;
    await app.api.post("/open", { user_id: app.me.id, link: `https://t.me/${bot.username}?startgroup`, chat_id: group });
    await app.open(group);
  }

  async function groupPart(chat) {
    const [members, invites, requests] = await Promise.all([
      app.api.get(`/chats/${chat.id}/members`),
      chat.can_manage ? app.api.get(`/chats/${chat.id}/invites`) : [],
      chat.can_manage ? app.api.get(`/chats/${chat.id}/join-requests`) : [],
    ]);
    return [
      chat.linked_chat_id ? action(chat.type === "channel" ? t.comments : t.toChannel, () => app.open(chat.linked_chat_id)) : null,
      chat.direct_chat_id ? action(chat.can_manage ? t.directMessages : t.direct, () => app.open(chat.direct_chat_id)) : null,
      chat.is_forum ? section(t.topics, chat.topics.map((topic) => action(topic.name, () => app.open(chat.id, { thread: topic.id }))), chat.is_member ? action(`+ ${t.newTopic}`, () => newTopic(chat)) : null) : null,
      requests.length ? section(t.joinRequests, requests.map((request) => requestLine(chat, request))) : null,
      section(
        `${t.members} · ${members.length}`,
        chat.is_member ? action(`+ ${t.addMember}`, () => addMember(chat, members)) : null,
        members.map((member) => memberLine(chat, member)),
      ),
      chat.can_manage ? section(t.invites, invites.filter((invite) => !invite.is_revoked).map(inviteLine), action(`+ ${t.createLink}`, () => newInvite(chat))) : null,
      chat.is_member && !chat.is_direct_messages
        ? section("", action(t.leave, () => app.api.remove(`/chats/${chat.id}/members/${app.me.id}`).then(() => app.close()).then(app.refreshChats), "is-danger"))
        : null,
    ];
  }

  function memberLine(chat, member) {
    const role = member.custom_title || (member.status === "creator" ? t.creator : member.status === "administrator" ? t.admin : "");
    const isOther = member.id !== app.me.id;
    const click = (event) => {
      const change = (as) => () => app.api.put(`/chats/${chat.id}/members/${member.id}`, { as, by: app.me.id }).then(draw, app.fail);
      menu(
        event.currentTarget,
        [
          { label: t.message, icon: "comments", click: () => app.api.post("/chats", { type: "private", owner_id: app.me.id, peer: member.id }).then((made) => app.open(made.id), app.fail) },
          chat.can_manage && member.status === "member" && { label: t.asAdmin, icon: "star", click: change("admin") },
          chat.can_manage && member.status === "administrator" && { label: `${t.remove}: ${t.admin}`, icon: "star", click: change("member") },
          chat.can_manage &&
            member.status !== "creator" && {
              label: t.removeMember,
              icon: "close",
              danger: true,
              click: () => app.api.remove(`/chats/${chat.id}/members/${member.id}`, { by: app.me.id }).then(draw, app.fail),
            },
        ],
        app.root,
      );
    };
    return h(
      "button",
      { type: "button", class: "sbx-member", disabled: !isOther, on: { click } },
      avatar(member, "is-small"),
      h("span", {}, h("b", {}, isOther ? member.name : `${member.name} · ${t.you}`), member.is_bot ? h("span", { class: "sbx-badge" }, t.bot) : null),
      role ? h("small", {}, role) : null,
    );
  }

  function requestLine(chat, request) {
    const settle = (approve) => () => app.api.post(`/chats/${chat.id}/join-requests/${request.user.id}`, { approve, by: app.me.id }).then(draw, app.fail);
    return h(
      "div",
      { class: "sbx-member" },
      avatar(request.user, "is-small"),
      h("span", {}, h("b", {}, request.user.name)),
      iconButton("check", t.approve, settle(true)),
      iconButton("close", t.decline, settle(false)),
    );
  }

  function inviteLine(invite) {
    const copy = () => Promise.resolve(navigator.clipboard?.writeText(invite.invite_link)).then(() => app.say(t.copied), app.fail);
    return h(
      "button",
      { type: "button", class: "sbx-invite", title: t.copy, on: { click: copy } },
      h("code", {}, invite.invite_link.replace("https://", "")),
      h("small", {}, [invite.name, invite.creates_join_request ? t.linkRequests : null, t.usedBy(invite.used_by)].filter(Boolean).join(" · ")),
    );
  }

  async function newInvite(chat) {
    const fields = [
      { name: "name", label: t.title, max: 32 },
      { name: "creates_join_request", label: t.linkRequests, type: "checkbox" },
    ];
    const given = await sheet(app.root, { title: t.createLink, fields, submit: t.create, cancel: t.cancel });
    if (!given) return;
    await app.api.post(`/chats/${chat.id}/invites`, { ...given, name: given.name || null, user_id: app.me.id });
    await draw();
  }

  async function newTopic(chat) {
    const given = await sheet(app.root, { title: t.newTopic, fields: [{ name: "name", label: t.title, required: true, max: 128 }], submit: t.create, cancel: t.cancel });
    if (!given) return;
    await app.api.post(`/chats/${chat.id}/topics`, { ...given, user_id: app.me.id });
    await app.open(chat.id);
  }

  async function addMember(chat, members) {
    const inside = new Set(members.map((member) => member.id));
    const options = [...app.people, ...app.bots].filter((user) => !inside.has(user.id)).map((user) => [user.id, user.name + (user.is_bot ? ` · ${t.bot}` : "")]);
    if (!options.length) return;
    const fields = [
      { name: "user_id", label: t.addMember, type: "choice", options },
      { name: "admin", label: t.asAdmin, type: "checkbox", value: chat.type === "channel" },
    ];
    const given = await sheet(app.root, { title: t.addMember, fields, submit: t.add, cancel: t.cancel });
    if (!given) return;
    await app.api.post(`/chats/${chat.id}/members`, { user_id: Number(given.user_id), as: given.admin ? "admin" : "member", by: app.me.id });
    await app.open(chat.id);
    await draw();
  }

  return { element, draw, toggle };
}
