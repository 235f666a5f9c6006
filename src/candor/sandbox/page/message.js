// One message as a bubble or a line of service text.

import { fileAddress } from "./api.js";
import { avatar, h, icon, tint } from "./dom.js";
import { richText } from "./text.js";

export function timeOf(date, language) {
  return new Date(date).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
}

export function preview(message, t) {
  if (!message) return "";
  if (message.is_service) return serviceText(message, t);
  if (message.text) return message.text;
  const media = message.media || {};
  if (media.photo) return t.photo;
  if (media.voice) return t.voice;
  if (media.video) return t.video;
  if (media.invoice) return `${t.invoice}: ${media.invoice.title}`;
  if (media.poll) return `${t.poll}: ${media.poll.question}`;
  return media.document?.file_name || t.file;
}

export function serviceText(message, t) {
  const s = message.service || {};
  const who = message.from?.name || "";
  if (s.new_chat_members) {
    const whom = s.new_chat_members.map((user) => user.name).join(", ");
    return t.s_new(who, whom, s.new_chat_members.some((user) => user.id === message.from?.id));
  }
  if (s.left_chat_member) return t.s_left(s.left_chat_member.name);
  if (s.new_chat_title) return t.s_title(who, s.new_chat_title);
  if (s.pinned_message_id) return t.s_pinned(who);
  if (s.channel_chat_created) return t.s_channel;
  if (s.group_chat_created || s.supergroup_chat_created) return t.s_created;
  if (s.forum_topic_created) return t.s_topic(s.forum_topic_created.name);
  if (s.forum_topic_closed) return t.s_topicClosed;
  if (s.forum_topic_reopened) return t.s_topicOpened;
  if (s.migrate_to_chat_id || s.migrate_from_chat_id) return t.s_migrated;
  if (s.successful_payment) return t.s_paid(s.successful_payment.total_amount);
  if (s.refunded_payment) return t.s_refunded(s.refunded_payment.total_amount);
  if (s.chat_shared) return t.s_shared;
  if (s.new_chat_photo_id) return t.s_photo;
  return t.s_other;
}

// context: {app, isOwn, showName, showAvatar, replied, actions}
export function bubble(message, context) {
  const { app, isOwn, showName, showAvatar } = context;
  const row = h("div", {
    class: `sbx-row ${isOwn ? "is-own" : ""} ${showAvatar ? "has-tail" : ""} ${context.hasAvatars ? "with-avatars" : ""}`,
    data: { message: message.message_id },
  });
  if (context.hasAvatars && !isOwn) row.append(showAvatar ? avatar(message.from, "is-small") : h("span", { class: "sbx-avatar-gap" }));
  const body = h(
    "div",
    { class: "sbx-bubble" },
    showName ? nameLine(message, app) : null,
    message.forwarded_from ? h("div", { class: "sbx-forward" }, `${app.t.forwarded} `, h("b", {}, message.forwarded_from)) : null,
    replyBlock(message, context),
    mediaBlock(message, context),
    message.text ? h("div", { class: "sbx-text", dir: "auto" }, richText(message.text, message.entities, context.actions.follow)) : null,
    reactionRow(message, context),
    footer(message, app),
  );
  const column = h("div", { class: "sbx-column" }, body, buttonRows(message, context), commentsBar(message, context));
  row.append(column, toolRow(message, context));
  return row;
}

function nameLine(message, app) {
  const from = message.from || {};
  return h(
    "div",
    { class: `sbx-name sbx-ink-${tint(from.id ?? 0)}` },
    from.name || "",
    from.is_bot ? h("span", { class: "sbx-badge" }, app.t.bot) : null,
  );
}

function replyBlock(message, { replied, app, actions }) {
  if (!message.reply_to || !replied) return null;
  return h(
    "button",
    { type: "button", class: `sbx-reply sbx-edge-${tint(replied.from?.id ?? 0)}`, on: { click: () => actions.jump(message.reply_to) } },
    h("b", {}, replied.from?.name || ""),
    h("span", {}, message.quote || preview(replied, app.t)),
  );
}

function footer(message, app) {
  return h(
    "div",
    { class: "sbx-meta" },
    message.via_business_bot ? h("span", {}, `${app.t.via} ${message.via_business_bot.name}`) : null,
    message.views !== undefined ? h("span", { title: app.t.views, class: "sbx-views" }, icon("eye"), message.views) : null,
    message.edited_at ? h("span", {}, app.t.edited) : null,
    h("time", { datetime: message.date }, timeOf(message.date, app.language)),
  );
}

function reactionRow(message, { actions }) {
  if (!message.reactions?.length) return null;
  return h(
    "div",
    { class: "sbx-reactions" },
    message.reactions.map((entry) =>
      h(
        "button",
        { type: "button", class: entry.is_mine ? "is-mine" : "", on: { click: () => actions.react(message, entry.is_mine ? null : entry.emoji) } },
        `${entry.emoji} ${entry.count}`,
      ),
    ),
  );
}

function buttonRows(message, { actions, app }) {
  const rows = message.buttons || [];
  if (!rows.length) return null;
  return h(
    "div",
    { class: "sbx-buttons" },
    rows.map((row) =>
      h(
        "div",
        {},
        row.map((button) =>
          h(
            "button",
            { type: "button", title: button.url || "", on: { click: (event) => actions.press(message, button, event.currentTarget) } },
            button.pay ? `${app.t.pay} ⭐` : button.text,
            button.url ? h("small", { "aria-hidden": "true" }, "↗") : null,
          ),
        ),
      ),
    ),
  );
}

function commentsBar(message, { app, actions }) {
  if (message.comments === undefined) return null;
  return h(
    "button",
    { type: "button", class: "sbx-comments", on: { click: () => actions.comments(message) } },
    icon("comments"),
    h("span", {}, message.comments ? app.t.commentsOf(message.comments) : app.t.commentsNone),
    h("span", { class: "sbx-comments-arrow", "aria-hidden": "true" }, "›"),
  );
}

function toolRow(message, { app, actions }) {
  const tool = (name, label, fn) => h("button", { type: "button", title: label, "aria-label": label, on: { click: (event) => fn(event.currentTarget) } }, icon(name));
  return h(
    "div",
    { class: "sbx-tools" },
    tool("reply", app.t.reply, () => actions.reply(message)),
    tool("smile", app.t.react, (anchor) => actions.pickReaction(message, anchor)),
    tool("dots", app.t.more, (anchor) => actions.more(message, anchor)),
  );
}

function mediaBlock(message, context) {
  const media = message.media || {};
  if (media.photo) return photoBlock(media.photo.at(-1), context);
  if (media.invoice) return invoiceBlock(message, media.invoice, context);
  if (media.poll) return pollBlock(message, media.poll, context);
  if (media.voice || media.audio) return playerBlock("audio", media.voice || media.audio, context);
  if (media.video || media.video_note) return playerBlock("video", media.video || media.video_note, context);
  if (media.dice) return h("div", { class: "sbx-dice" }, `${media.dice.emoji} ${media.dice.value}`);
  if (media.contact) return h("div", { class: "sbx-card" }, h("b", {}, media.contact.first_name), h("span", {}, media.contact.phone_number));
  if (media.location) return h("div", { class: "sbx-card" }, "📍 ", `${media.location.latitude}, ${media.location.longitude}`);
  const file = media.document || media.sticker || media.animation;
  return file ? fileBlock(file, context) : null;
}

function photoBlock(photo, { app }) {
  const image = h("img", { class: "sbx-photo", alt: app.t.photo, width: photo.width, height: photo.height, loading: "lazy" });
  fileAddress(app.api, photo).then((file) => image.setAttribute("src", file.address), () => image.replaceWith(app.t.photo));
  return image;
}

function playerBlock(tag, media, { app }) {
  const player = h(tag, { class: `sbx-player is-${tag}`, controls: true, preload: "metadata" });
  fileAddress(app.api, media).then((file) => player.setAttribute("src", file.address), () => {});
  return player;
}

function fileBlock(file, { app }) {
  const load = async () => {
    const found = await fileAddress(app.api, file);
    h("a", { href: found.address, download: found.name }).click();
  };
  return h(
    "button",
    { type: "button", class: "sbx-file", on: { click: load } },
    h("span", { class: "sbx-file-icon" }, icon("file")),
    h("span", {}, h("b", {}, file.file_name || app.t.file), h("small", {}, size(file.file_size || 0))),
  );
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function invoiceBlock(message, invoice, { app, actions }) {
  return h(
    "div",
    { class: "sbx-card is-invoice" },
    h("b", {}, invoice.title),
    h("span", {}, invoice.description),
    h("span", { class: "sbx-price" }, `⭐ ${invoice.total_amount}`),
    (message.buttons || []).length ? null : h("button", { type: "button", class: "sbx-button", on: { click: () => actions.pay(message) } }, `${app.t.pay} ⭐ ${invoice.total_amount}`),
  );
}

function pollBlock(message, poll, { app, actions }) {
  return h(
    "div",
    { class: "sbx-card is-poll" },
    h("b", {}, poll.question),
    poll.options.map((option, index) => {
      const share = poll.total_voter_count ? Math.round((option.voter_count / poll.total_voter_count) * 100) : 0;
      const bar = h("span", { class: "sbx-poll-bar" });
      bar.style.setProperty("width", `${share}%`);
      return h(
        "button",
        { type: "button", disabled: poll.is_closed, on: { click: () => actions.vote(message, index) } },
        h("span", {}, option.text),
        h("small", {}, `${share}%`),
        bar,
      );
    }),
    h("small", {}, app.t.votes(poll.total_voter_count)),
  );
}
