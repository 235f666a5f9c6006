// The bottom of a chat: start, join, or a field to write in, with files, commands and a bot's keyboard.

import { readFile } from "./api.js";
import { h, icon, iconButton, menu, replace } from "./dom.js";
import { chooseGroup } from "./dialogs.js";
import { preview } from "./message.js";

const LARGEST_FILE = 20 * 1024 * 1024;

export function makeComposer(app) {
  const { t } = app;
  const element = h("div", { class: "sbx-composer" });
  const field = h("textarea", { rows: "1", class: "sbx-input", dir: "auto", maxlength: "4096", on: { input: grow, keydown: onKey } });
  const picker = h("input", { type: "file", hidden: true, on: { change: sendFiles } });
  const strip = h("div", { class: "sbx-strip", hidden: true });
  const keyboard = h("div", { class: "sbx-keyboard", hidden: true });
  let reply = null;
  let editing = null;
  let drawnFor = "";

  function grow() {
    field.style.setProperty("height", "auto");
    field.style.setProperty("height", `${Math.min(160, field.scrollHeight)}px`);
  }

  function onKey(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
    if (event.key === "Escape") cancel();
  }

  function cancel() {
    if (editing) field.value = "";
    reply = editing = null;
    drawStrip();
    grow();
  }

  function target() {
    const { chat, thread, topic } = app.current;
    const body = { from: app.me.id, to: chat.id };
    if (thread && chat.is_forum) body.thread_id = thread;
    if (reply) body.reply_to = reply.message_id;
    else if (thread && !chat.is_forum) body.reply_to = thread;
    if (topic) body.topic_id = topic;
    return body;
  }

  async function send(text = field.value) {
    if (!text.trim()) return;
    try {
      if (editing) {
        await app.api.put(`/chats/${app.current.chat.id}/messages/${editing.message_id}`, { user_id: app.me.id, text });
      } else {
        await app.api.post("/messages", { ...target(), text });
      }
      if (text === field.value) field.value = "";
      cancel();
      field.focus();
    } catch (error) {
      app.fail(error);
    }
  }

  async function sendFiles() {
    for (const file of picker.files) {
      if (file.size > LARGEST_FILE) {
        app.say(`${file.name}: > 20 MB`);
        continue;
      }
      const kind = file.type.startsWith("image/") ? "photo" : file.type.startsWith("video/") ? "video" : file.type === "audio/ogg" ? "voice" : file.type.startsWith("audio/") ? "audio" : "document";
      try {
        const media = { kind, name: file.name, mime_type: file.type || null, content_base64: await readFile(file) };
        await app.api.post("/messages", { ...target(), text: field.value || null, media });
        field.value = "";
        cancel();
      } catch (error) {
        app.fail(error);
      }
    }
    picker.value = "";
  }

  async function commands(anchor) {
    try {
      const found = await app.api.get(`/bots/${app.current.chat.peer.id}/commands`, { language_code: app.me.language_code || "" });
      const entries = found.commands.map((item) => ({ label: `/${item.command}`, hint: item.description, click: () => send(`/${item.command}`) }));
      menu(anchor, entries.length ? entries : [{ label: "/start", click: () => send("/start") }], app.root);
    } catch (error) {
      app.fail(error);
    }
  }

  function drawStrip() {
    const shown = editing || reply;
    strip.hidden = !shown;
    if (!shown) return;
    replace(
      strip,
      icon(editing ? "check" : "reply"),
      h("span", {}, h("b", {}, editing ? t.editing : shown.from?.name || ""), h("span", {}, preview(shown, t))),
      iconButton("close", t.cancel, cancel),
    );
  }

  async function pressKey(button) {
    if (button.request_chat) return share(button.request_chat);
    if (button.request_contact || button.request_location || button.web_app) return app.say(t.s_other);
    return send(button.text);
  }

  async function share(request) {
    const wantsChannel = Boolean(request.chat_is_channel);
    const chat = await chooseGroup(app, t.shareWhich, (item) => (item.type === "channel") === wantsChannel && item.can_manage);
    if (!chat) return;
    try {
      await app.api.post("/share-chat", { user_id: app.me.id, chat_id: app.current.chat.id, request_id: request.request_id, shared_chat_id: chat });
    } catch (error) {
      app.fail(error);
    }
  }

  function setKeyboard(markup) {
    const rows = markup?.keyboard || [];
    keyboard.hidden = !rows.length;
    replace(
      keyboard,
      rows.map((row) => h("div", {}, row.map((button) => h("button", { type: "button", on: { click: () => pressKey(button) } }, button.text)))),
    );
  }

  const act = (label, fn, extra = "") => h("button", { type: "button", class: `sbx-wide ${extra}`, on: { click: () => fn().catch(app.fail) } }, label);

  function gate() {
    const { chat, thread } = app.current;
    const me = app.me.id;
    if (chat.peer) {
      if (chat.is_blocked) return act(t.unblock, () => app.api.post("/block", { user_id: me, peer: chat.peer.id, is_blocked: false }).then(() => app.open(chat.id)));
      if (chat.peer.is_bot && !chat.is_started) return act(t.start, () => app.api.post("/messages", { from: me, to: chat.id, text: "/start" }), "is-start");
      return null;
    }
    if (chat.is_direct_messages || chat.is_member) {
      if (chat.type === "channel" && !chat.can_manage) return h("p", { class: "sbx-note" }, t.readOnly);
      return null;
    }
    if (thread) return null;
    const label = chat.type === "channel" ? t.joinChannel : t.join;
    return act(label, () => app.api.post(`/chats/${chat.id}/join`, { user_id: me }).then(() => app.open(chat.id)));
  }

  function draw() {
    if (!app.current) {
      element.hidden = true;
      return;
    }
    element.hidden = false;
    const { chat, thread, topic } = app.current;
    const key = `${app.me.id}:${chat.id}:${thread}:${topic}`;
    if (key !== drawnFor) {
      field.value = "";
      cancel();
      drawnFor = key;
    }
    const closed = gate();
    if (closed) {
      replace(element, closed);
      return;
    }
    field.placeholder = chat.type === "channel" ? t.post : thread && !chat.is_forum ? t.comment : t.message;
    field.setAttribute("aria-label", field.placeholder);
    if (!element.contains(field)) {
      replace(
        element,
        strip,
        h(
          "div",
          { class: "sbx-composer-row" },
          iconButton("clip", t.attach, () => picker.click()),
          iconButton("keyboard", t.commands, (event) => commands(event.currentTarget), "is-commands"),
          field,
          picker,
          iconButton("send", t.send, () => send(), "is-send"),
        ),
        keyboard,
      );
    }
    element.classList.toggle("has-bot", Boolean(chat.peer?.is_bot));
    drawStrip();
    grow();
  }

  return {
    element,
    draw,
    setKeyboard,
    reply: (message) => {
      reply = message;
      editing = null;
      drawStrip();
      field.focus();
    },
    edit: (message) => {
      editing = message;
      reply = null;
      field.value = message.text;
      drawStrip();
      grow();
      field.focus();
    },
  };
}
