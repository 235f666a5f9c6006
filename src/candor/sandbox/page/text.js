// Message text with entities as DOM nodes. Offsets are UTF-16 units, as JavaScript counts too.

import { h } from "./dom.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", expandable_blockquote: "blockquote" };

export function richText(text, entities, follow) {
  return build(text, 0, text.length, [...(entities || [])], follow);
}

function build(text, from, to, entities, follow) {
  const nodes = [];
  let position = from;
  while (entities.length) {
    const entity = entities.shift();
    const end = Math.min(to, entity.offset + entity.length);
    if (entity.offset < position || entity.offset >= to) continue;
    if (entity.offset > position) nodes.push(text.slice(position, entity.offset));
    const inner = [];
    while (entities.length && entities[0].offset < end) inner.push(entities.shift());
    nodes.push(wrap(entity, text.slice(entity.offset, end), build(text, entity.offset, end, inner, follow), follow));
    position = end;
  }
  if (position < to) nodes.push(text.slice(position, to));
  return nodes;
}

function wrap(entity, raw, children, follow) {
  if (TAGS[entity.type]) return h(TAGS[entity.type], {}, children);
  if (entity.type === "spoiler") {
    return h("span", { class: "sbx-spoiler", tabindex: "0", on: { click: (event) => event.currentTarget.classList.add("is-open") } }, children);
  }
  const address = addressOf(entity, raw);
  if (!address) return h("span", {}, children);
  return h(
    "a",
    {
      href: address,
      rel: "noopener noreferrer",
      target: "_blank",
      on: {
        click: (event) => {
          if (follow(entity.type, address, raw)) event.preventDefault();
        },
      },
    },
    children,
  );
}

function addressOf(entity, raw) {
  const safe = (url) => (/^(https?:|tg:|mailto:)/i.test(url) ? url : null);
  switch (entity.type) {
    case "url":
      return safe(/^[a-z]+:\/\//i.test(raw) ? raw : `https://${raw}`);
    case "text_link":
      return safe(entity.url);
    case "mention":
      return `https://t.me/${raw.slice(1)}`;
    case "email":
      return `mailto:${raw}`;
    case "bot_command":
    case "hashtag":
      return "#";
    default:
      return null;
  }
}

export function isTelegramLink(address) {
  return /^(https?:\/\/)?(t\.me|telegram\.me)\//i.test(address) || address.startsWith("tg://");
}
