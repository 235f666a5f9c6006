// Drives the sandbox as a user of grammY would. Prints one line per step; exits with 1 at the first surprise.

import assert from "node:assert/strict";
import { Bot, GrammyError, InlineKeyboard, InputFile, InputMediaBuilder } from "grammy";

const base = process.env.SANDBOX_URL;

async function control(verb, path, body) {
  const response = await fetch(`${base}/control${path}`, {
    method: verb,
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  assert.ok(response.ok, JSON.stringify(answer));
  return answer;
}

async function refused(promise, status, text) {
  await assert.rejects(promise, (error) => error instanceof GrammyError && error.error_code === status && error.description.includes(text));
}

function deferred() {
  let resolve;
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const person = await control("POST", "/users", { first_name: "Анна", username: "anna" });
const owner = await control("POST", "/users", { first_name: "Олег" });
const made = await control("POST", "/bots", { username: "grammy_bot", name: "grammY" });
await control("PUT", "/limits", { is_on: false });

const bot = new Bot(made.token, { client: { apiRoot: base } });
const seen = { start: deferred(), tap: deferred(), edit: deferred(), joined: deferred(), request: deferred(), paid: deferred(), post: deferred(), photo: deferred(), business: deferred(), member: deferred(), reaction: deferred() };

bot.command("start", (ctx) => seen.start.resolve(ctx));
bot.on("callback_query:data", async (ctx) => {
  await ctx.answerCallbackQuery({ text: "ok" });
  seen.tap.resolve(ctx);
});
bot.on("edited_message:text", (ctx) => seen.edit.resolve(ctx));
bot.on("my_chat_member", (ctx) => seen.joined.resolve(ctx));
bot.on("chat_member", (ctx) => seen.member.resolve(ctx));
bot.on("chat_join_request", async (ctx) => {
  await ctx.approveChatJoinRequest(ctx.from.id);
  seen.request.resolve(ctx);
});
bot.on("pre_checkout_query", (ctx) => ctx.answerPreCheckoutQuery(true));
bot.on("message:successful_payment", (ctx) => seen.paid.resolve(ctx));
bot.on("message:is_automatic_forward", (ctx) => seen.post.resolve(ctx));
bot.on("message:photo", (ctx) => seen.photo.resolve(ctx));
bot.on("business_message", (ctx) => seen.business.resolve(ctx));
bot.on("message_reaction", (ctx) => seen.reaction.resolve(ctx));
bot.catch((error) => {
  console.error(error);
  process.exit(1);
});
const kinds = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member", "chat_join_request", "pre_checkout_query", "business_connection", "business_message", "message_reaction", "channel_post"];
const ready = deferred();
const polling = bot.start({ allowed_updates: kinds, onStart: (me) => ready.resolve(me) });

const me = await ready.promise;
assert.equal(me.username, "grammy_bot");
console.log("polling");

await control("POST", "/messages", { from: person.id, to: "grammy_bot", text: "/start c_1" });
const start = await seen.start.promise;
assert.equal(start.match, "c_1");
assert.equal(start.chat.id, person.id);
const keyboard = new InlineKeyboard().text("Да", "yes").url("Сайт", "https://example.org");
const asked = await start.reply("<b>Да?</b>", { parse_mode: "HTML", reply_markup: keyboard, reply_parameters: { message_id: start.msgId } });
assert.equal(asked.entities[0].type, "bold");
assert.equal(asked.reply_to_message.message_id, start.msgId);
console.log("reply");

const dialogs = await control("GET", `/chats?user_id=${person.id}`);
const dialogue = dialogs[0].id;
await control("POST", "/press", { user_id: person.id, chat_id: dialogue, message_id: asked.message_id, button: "Да" });
const tap = await seen.tap.promise;
assert.equal(tap.callbackQuery.data, "yes");
await tap.editMessageText("Принято");
await refused(tap.editMessageText("Принято"), 400, "message is not modified");
console.log("button");

const sent = await control("POST", "/messages", { from: person.id, to: "grammy_bot", text: "Прывет" });
await control("PUT", `/chats/${dialogue}/messages/${sent.message_id}`, { user_id: person.id, text: "Привет" });
assert.equal((await seen.edit.promise).msg.text, "Привет");
await bot.api.setMessageReaction(person.id, sent.message_id, [{ type: "emoji", emoji: "👍" }]);
await bot.api.pinChatMessage(person.id, sent.message_id);
await bot.api.unpinAllChatMessages(person.id);
await bot.api.sendChatAction(person.id, "typing");
await bot.api.deleteMessage(person.id, asked.message_id);
await refused(bot.api.sendMessage(owner.id, "first"), 403, "can't initiate conversation");
await refused(bot.api.sendMessage(person.id, ""), 400, "message text is empty");
console.log("edit, react, pin, delete, refusals");

const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const photo = await bot.api.sendPhoto(person.id, new InputFile(png, "a.png"), { caption: "Схема" });
assert.equal(photo.photo[0].width, 1);
const file = await bot.api.getFile(photo.photo[0].file_id);
const loaded = await fetch(`${base}/file/bot${made.token}/${file.file_path}`);
assert.equal((await loaded.arrayBuffer()).byteLength, png.length);
const album = await bot.api.sendMediaGroup(person.id, [InputMediaBuilder.photo(new InputFile(png, "1.png")), InputMediaBuilder.photo(photo.photo[0].file_id)]);
assert.equal(album.length, 2);
await bot.api.sendDocument(person.id, new InputFile(Buffer.from("text"), "a.txt"));
await bot.api.copyMessage(person.id, person.id, photo.message_id);
await bot.api.forwardMessage(person.id, person.id, photo.message_id);
await control("POST", "/messages", { from: person.id, to: "grammy_bot", media: { kind: "photo", content_base64: png.toString("base64") } });
assert.equal((await seen.photo.promise).msg.photo.length, 1);
console.log("files");

const group = await control("POST", "/chats", { type: "supergroup", title: "Группа", owner_id: owner.id });
await control("POST", `/chats/${group.id}/members`, { username: "grammy_bot", as: "admin" });
assert.equal((await seen.joined.promise).myChatMember.new_chat_member.status, "administrator");
const link = await bot.api.createChatInviteLink(group.id, { creates_join_request: true });
await control("POST", `/chats/${group.id}/join`, { user_id: person.id, invite_link: link.invite_link });
assert.equal((await seen.request.promise).chatJoinRequest.from.id, person.id);
assert.equal((await seen.member.promise).chatMember.new_chat_member.status, "member");
assert.equal((await bot.api.getChatMember(group.id, person.id)).status, "member");
assert.equal((await bot.api.getChatAdministrators(group.id)).length, 2);
assert.equal((await bot.api.getChat(group.id)).title, "Группа");
const rules = await bot.api.sendMessage(group.id, "Правила");
await control("POST", "/reactions", { user_id: person.id, chat_id: group.id, message_id: rules.message_id, emoji: "👍" });
assert.equal((await seen.reaction.promise).messageReaction.new_reaction[0].emoji, "👍");
await bot.api.banChatMember(group.id, person.id);
await bot.api.unbanChatMember(group.id, person.id);
console.log("groups");

const channel = await control("POST", "/channels", { username: "mayak", title: "Маяк", owner_id: owner.id });
await control("POST", `/chats/${channel.discussion_chat_id}/members`, { username: "grammy_bot", as: "admin" });
await control("POST", "/channels/mayak/posts", { text: "Запись" });
const post = await seen.post.promise;
assert.equal(post.msg.sender_chat.id, channel.id);
const comment = await post.reply("ИИ · Маяк", { reply_parameters: { message_id: post.msgId } });
assert.equal(comment.message_thread_id, post.msgId);
console.log("channels");

const invoice = await bot.api.sendInvoice(person.id, "Курс", "Шесть недель", "order", "XTR", [{ label: "Курс", amount: 5 }]);
await control("POST", "/payments", { user_id: person.id, chat_id: dialogue, message_id: invoice.message_id });
const paid = await seen.paid.promise;
await bot.api.refundStarPayment(person.id, paid.msg.successful_payment.telegram_payment_charge_id);
console.log("payments");

const connection = await control("POST", "/business-connections", { user_id: owner.id, bot: "grammy_bot" });
await control("POST", "/messages", { from: person.id, to: owner.id, text: "Есть места?" });
const business = await seen.business.promise;
assert.equal(business.businessConnectionId, connection.id);
const answered = await business.reply("Отвечает ИИ: да");
assert.equal(answered.business_connection_id, connection.id);
console.log("business");

await bot.api.setMyCommands([{ command: "stop", description: "Больше не писать" }]);
assert.equal((await bot.api.getMyCommands())[0].command, "stop");
await bot.api.setMyName("Маяк · ИИ");
assert.equal((await bot.api.getMyName()).name, "Маяк · ИИ");
await control("PUT", "/limits", { is_on: true });
await assert.rejects(
  (async () => {
    for (let number = 0; number < 10; number += 1) await bot.api.sendMessage(person.id, `${number}`);
  })(),
  (error) => error.error_code === 429 && error.parameters.retry_after >= 1,
);
console.log("profile, limits");

await bot.stop();
await polling;
console.log("done");
