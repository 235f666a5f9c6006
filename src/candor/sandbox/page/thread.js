// The middle column: the head of the chat, its messages, what can be done with them.

import { avatar, h, icon, iconButton, menu, replace, sheet } from "./dom.js";
import { makeComposer } from "./composer.js";
import { bubble, preview, serviceText } from "./message.js";
import { isTelegramLink } from "./text.js";

const QUICK = ["👍", "❤", "🔥", "😁", "🤔", "👏", "🎉", "🙏"];
const BOT_ANSWERS_WITHIN = 11_500;
const GROUP_GAP = 5 * 60 * 1000;

export function makeThread(app) {
  const { t } = app;
  const head = h("div", { class: "sbx-head" });
  const pinned = h("button", { type: "button", class: "sbx-pinned", hidden: true });
  const stream = h("div", { class: "sbx-stream", role: "log", "aria-live": "polite" });
  const composer = makeComposer(app);
  const element = h("div", { class: "sbx-thread" }, head, pinned, stream, composer.element);
  let messages = [];
  let typingTimer = null;
  let typing = null; // {chat, text}
  const waiting = new Map();

  const actions = {
    follow(kind, address, raw) {
      if (kind === "bot_command") {
        app.api.post("/messages", { from: app.me.id, to: app.current.chat.id, text: raw }).catch(app.fail);
        return true;
      }
      if (kind === "hashtag") return true;
      if (!isTelegramLink(address)) return false;
      app.follow(address);
      return true;
    },
    async press(message, button, element_) {
      if (button.pay) return actions.pay(message);
      if (button.url) return actions.follow("url", button.url) ? null : window.open(button.url, "_blank", "noopener");
      if (button.copy_text) {
        await navigator.clipboard?.writeText(button.copy_text.text);
        return app.say(t.copied);
      }
      element_.classList.add("is-waiting");
      try {
        const body = { user_id: app.me.id, chat_id: message.chat_id, message_id: message.message_id, button: button.callback_data };
        const tap = await app.api.post("/press", body);
        waiting.set(tap.callback_query_id, element_);
        setTimeout(() => element_.classList.remove("is-waiting"), 15_000);
      } catch (error) {
        element_.classList.remove("is-waiting");
        app.fail(error);
      }
      return null;
    },
    async pay(message) {
      const invoice = message.media.invoice;
      const given = await sheet(app.root, { title: t.invoice, text: t.payAsk(invoice.total_amount, invoice.title), submit: t.pay, cancel: t.cancel });
      if (!given) return;
      try {
        await startPayment({ user_id: app.me.id, chat_id: message.chat_id, message_id: message.message_id });
      } catch (error) {
        app.fail(error);
      }
    },
    vote: (message, option) =>
      app.api.post("/votes", { user_id: app.me.id, chat_id: message.chat_id, message_id: message.message_id, options: [option] }).catch(app.fail),
    react: (message, emoji) =>
      app.api.post("/reactions", { user_id: app.me.id, chat_id: message.chat_id, message_id: message.message_id, emoji }).catch(app.fail),
    pickReaction(message, anchor) {
      const row = h("div", { class: "sbx-quick" }, QUICK.map((emoji) => h("button", { type: "button", on: { click: () => actions.react(message, emoji) } }, emoji)));
      menu(anchor, [{ node: row }], app.root);
      row.addEventListener("click", () => row.parentElement.remove());
    },
    reply: (message) => composer.reply(message),
    comments: (message) => app.open(message.discussion_chat_id, { thread: message.discussion_message_id, from: app.current.chat.id }),
    jump(id) {
      const found = stream.querySelector(`[data-message="${id}"]`);
      found?.scrollIntoView({ block: "center", behavior: "smooth" });
      found?.classList.add("is-flashing");
      setTimeout(() => found?.classList.remove("is-flashing"), 1200);
    },
    more(message, anchor) {
      const { chat } = app.current;
      const isMine = message.from?.id === app.me.id || (chat.type === "channel" && chat.can_manage);
      const target = { user_id: app.me.id, chat_id: chat.id, message_id: message.message_id };
      const isPinned = (chat.pinned || []).includes(message.message_id);
      menu(
        anchor,
        [
          { label: t.reply, icon: "reply", click: () => composer.reply(message) },
          message.text && { label: t.copy, icon: "file", click: () => navigator.clipboard?.writeText(message.text).then(() => app.say(t.copied)) },
          isMine && message.text && { label: t.edit, icon: "check", click: () => composer.edit(message) },
          (chat.peer || chat.can_manage) && {
            label: isPinned ? t.unpin : t.pin,
            icon: "pin",
            click: () => app.api.post("/pins", { ...target, is_pinned: !isPinned }).catch(app.fail),
          },
          (isMine || chat.can_manage || chat.peer) && { label: t.del, icon: "close", danger: true, click: () => remove(message) },
        ],
        app.root,
      );
    },
  };

  async function remove(message) {
    const given = await sheet(app.root, { title: t.deleteAll, submit: t.del, cancel: t.cancel, danger: true });
    if (given) app.api.remove(`/chats/${message.chat_id}/messages/${message.message_id}`, { user_id: app.me.id }).catch(app.fail);
  }

  async function load() {
    const { chat, thread, topic } = app.current;
    messages = await app.api.get(`/chats/${chat.id}/messages`, { user_id: app.me.id, thread_id: thread, topic_id: topic, limit: 300 });
    draw();
    stream.scrollTop = stream.scrollHeight;
    app.refreshChats().catch(app.fail);
  }

  async function update(events) {
    const kinds = new Set(events.map((event) => event.kind));
    const { chat, thread, topic } = app.current;
    const atEnd = stream.scrollHeight - stream.scrollTop - stream.clientHeight < 80;
    if (["chat", "members", "message"].some((kind) => kinds.has(kind))) {
      const fresh = await app.api.get(`/chats/${chat.id}`, { user_id: app.me.id }).catch(() => null);
      if (!fresh) return app.close();
      if (app.current?.chat.id === chat.id) app.current.chat = fresh;
      app.info.draw();
    }
    if (app.current?.chat.id !== chat.id) return null;
    messages = await app.api.get(`/chats/${chat.id}/messages`, { user_id: app.me.id, thread_id: thread, topic_id: topic, limit: 300 });
    if (kinds.has("message")) hideTyping();
    draw();
    if (atEnd) stream.scrollTop = stream.scrollHeight;
    return null;
  }

  function draw() {
    composer.draw();
    head.hidden = !app.current;
    if (!app.current) {
      pinned.hidden = true;
      replace(stream, h("div", { class: "sbx-empty" }, icon("comments"), h("b", {}, t.select), h("p", {}, t.selectText)));
      return;
    }
    drawHead();
    drawPinned();
    replace(stream, messages.length ? rows() : emptyNote());
    const keys = [...messages].reverse().find((message) => message.keyboard);
    composer.setKeyboard(keys?.keyboard);
  }

  function drawHead() {
    const { chat, thread, from } = app.current;
    const isComments = thread && !chat.is_forum;
    const topicName = chat.is_forum && thread ? chat.topics.find((item) => item.id === thread)?.name : null;
    const isTyping = typing?.chat === chat.id;
    const title = isComments ? t.comments : topicName || chat.title;
    replace(
      head,
      iconButton("back", t.back, () => (from ? app.open(from) : app.close()), from ? "" : "is-back"),
      h(
        "button",
        { type: "button", class: "sbx-head-title", on: { click: () => app.info.toggle() } },
        avatar({ id: chat.peer?.id ?? chat.id, name: title }),
        h("span", {}, h("b", {}, title, chat.peer?.is_bot ? h("span", { class: "sbx-badge" }, t.bot) : null), h("small", { class: isTyping ? "is-typing" : "" }, isTyping ? typing.text : statusLine(chat, isComments))),
      ),
      iconButton("info", t.more, () => app.info.toggle()),
    );
  }

  function statusLine(chat, isComments) {
    if (isComments) return chat.title;
    if (chat.peer) return chat.peer.username ? `@${chat.peer.username}` : chat.peer.is_bot ? t.bot : "";
    return chat.type === "channel" ? t.subscribersOf(chat.member_count) : t.membersOf(chat.member_count);
  }

  function drawPinned() {
    const last = app.current.chat.pinned_messages?.at(-1);
    pinned.hidden = !last;
    if (last) {
      replace(pinned, icon("pin"), h("span", {}, h("b", {}, t.pinned), h("span", {}, preview(last, t))));
      pinned.onclick = () => actions.jump(last.message_id);
    }
  }

  function emptyNote() {
    const { chat } = app.current;
    const bot = chat.peer?.is_bot ? app.bots.find((item) => item.id === chat.peer.id) : null;
    return h(
      "div",
      { class: "sbx-empty" },
      bot ? avatar(bot, "is-big") : icon("comments"),
      bot?.description ? [h("b", {}, t.botIntro), h("p", { dir: "auto" }, bot.description)] : h("p", {}, bot ? t.emptyBot : t.emptyChat),
    );
  }

  function rows() {
    const { chat } = app.current;
    const known = new Map(messages.map((message) => [message.message_id, message]));
    const isGroup = !chat.peer && chat.type !== "channel";
    const nodes = [];
    messages.forEach((message, index) => {
      const before = messages[index - 1];
      const after = messages[index + 1];
      if (!before || day(before) !== day(message)) nodes.push(h("div", { class: "sbx-day" }, h("span", {}, dayName(message.date, app))));
      if (message.is_service) {
        nodes.push(h("div", { class: "sbx-service", data: { message: message.message_id } }, h("span", {}, serviceText(message, t))));
        return;
      }
      const isOwn = message.from?.id === app.me.id;
      nodes.push(
        bubble(message, {
          app,
          actions,
          isOwn,
          hasAvatars: isGroup,
          showName: (isGroup && !isOwn && !follows(before, message)) || message.is_automatic_forward,
          showAvatar: !follows(message, after),
          replied: message.reply_to === app.current.thread ? null : known.get(message.reply_to),
        }),
      );
    });
    return nodes;
  }

  function showTyping(event) {
    if (event.chat_id !== app.current?.chat.id || event.user.id === app.me.id) return;
    typing = { chat: event.chat_id, text: `${app.current.chat.peer ? "" : `${event.user.name} `}${t.typing}…` };
    drawHead();
    clearTimeout(typingTimer);
    typingTimer = setTimeout(hideTyping, 5500);
  }

  function hideTyping() {
    clearTimeout(typingTimer);
    typing = null;
    if (app.current) drawHead();
  }

  function showAnswer(event) {
    waiting.get(event.callback_id)?.classList.remove("is-waiting");
    waiting.delete(event.callback_id);
    const answer = event.answer || {};
    if (answer.show_alert && answer.text) sheet(app.root, { title: app.current?.chat.title || "", text: answer.text, submit: t.done });
    else if (answer.text) app.say(answer.text);
    if (answer.url) actions.follow("url", answer.url);
  }

  function showPayment(event) {
    if (event.state === "paid") app.say(`${t.paid}: ⭐ ${event.amount}`);
    else if (event.state !== "checking" && event.state !== "refunded") app.say(`${t.payFailed}. ${event.error || ""}`);
    app.refreshPeople().catch(app.fail);
  }

  async function startPayment(body) {
    const payment = await app.api.post("/payments", body);
    app.say(t.paying);
    setTimeout(() => app.api.get(`/payments/${payment.id}`).catch(() => {}), BOT_ANSWERS_WITHIN);
  }

  async function payOffer(slug) {
    try {
      await startPayment({ user_id: app.me.id, slug });
    } catch (error) {
      app.fail(error);
    }
  }

  return { element, load, update, draw, showTyping, showAnswer, showPayment, payOffer };
}

function day(message) {
  return new Date(message.date).toDateString();
}

function dayName(date, app) {
  const at = new Date(date);
  const today = new Date();
  if (at.toDateString() === today.toDateString()) return app.t.today;
  today.setDate(today.getDate() - 1);
  if (at.toDateString() === today.toDateString()) return app.t.yesterday;
  return at.toLocaleDateString(app.language, { day: "numeric", month: "long" });
}

function follows(before, message) {
  if (!before || !message || before.is_service || message.is_service || day(before) !== day(message)) return false;
  return before.from?.id === message.from?.id && new Date(message.date) - new Date(before.date) < GROUP_GAP;
}
