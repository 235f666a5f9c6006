// The page's words, Russian and English.

const RU = {
  add: "Добавить", addBot: "Новый бот", addMember: "Добавить участника", admin: "администратор", answerPending: "ждём ответа…",
  askJoin: "Отправить заявку", asAdmin: "Сделать администратором", attach: "Прикрепить файл", back: "Назад", block: "Заблокировать",
  bot: "бот", botToken: "Токен бота", botTokenHow: "Скопируйте его и введите в разделе «Аккаунты» → «Подключить бота».", botUsername: "Имя пользователя (оканчивается на bot)", bots: "Боты", cancel: "Отмена",
  channel: "Канал", channels: "Каналы", chats: "Чаты", close: "Закрыть", comment: "Написать комментарий…", comments: "Комментарии",
  commentsNone: "Комментировать", connect: "Подключить к моему аккаунту", connectAsk: "Бот будет видеть сообщения, которые люди пишут вам лично, и отвечать на них от вашего имени. Это можно отключить в любой момент.", connected: "Бот отвечает за вас в личных чатах.", disconnect: "Отключить от моего аккаунта",
  consent: "Продолжая, вы увидите сообщения этой группы, а её участники увидят ваши. Присоединиться можно только по собственному желанию.",
  copied: "Скопировано", copy: "Копировать", create: "Создать", createLink: "Создать ссылку-приглашение", creator: "владелец",
  decline: "Отклонить", approve: "Принять", del: "Удалить", deleteAll: "Удалить у всех?", direct: "Написать каналу", directMessages: "Сообщения каналу",
  done: "Готово", edit: "Изменить", edited: "изменено", editing: "Изменение сообщения", emptyBot: "Нажмите «Старт», чтобы начать разговор",
  emptyChat: "Здесь пока нет сообщений", emptyChats: "Пока нет чатов. Найдите бота в списке ниже или создайте группу.", file: "Файл",
  firstName: "Имя", forwarded: "Переслано от", group: "Группа", groupOwner: "Владелец", invites: "Ссылки-приглашения",
  inviteText: "Вас приглашают в чат", join: "Вступить", joinChannel: "Подписаться", joined: "Вы в чате", joinRequests: "Заявки на вступление",
  language: "Язык", lastName: "Фамилия", leave: "Выйти", link: "Ссылка", linkRequests: "Вступление по заявке", members: "Участники",
  membersOf: (n) => `${n} ${plural(n, "участник", "участника", "участников")}`, subscribersOf: (n) => `${n} ${plural(n, "подписчик", "подписчика", "подписчиков")}`,
  commentsOf: (n) => `${n} ${plural(n, "комментарий", "комментария", "комментариев")}`, menu: "Меню", message: "Сообщение…", more: "Ещё",
  moveTime: "Перевести время вперёд", newChannel: "Новый канал", newGroup: "Новая группа", newPerson: "Новый человек", newTab: "Открыть в новой вкладке",
  newTopic: "Новая тема", general: "Общее", noPeople: "Кем вы будете?", noPeopleText: "Песочница — это свой маленький Telegram. Придумайте человека, от чьего имени будете писать.",
  offline: "Нет связи, пробуем снова…", open: "Открыть", paid: "Оплачено", pay: "Оплатить", payAsk: (n, title) => `Оплатить «${title}» за ${n} ⭐?`,
  payFailed: "Платёж не прошёл", paying: "Проверяем оплату…", photo: "Фото", pin: "Закрепить", pinned: "Закреплённое сообщение", people: "Люди",
  personAs: "Вы пишете как", post: "Новая запись…", publicName: "Публичное имя (по желанию)", react: "Реакция", readOnly: "Писать могут только администраторы",
  remove: "Убрать", removeMember: "Убрать из чата", reply: "Ответить", requested: "Заявка отправлена", search: "Поиск, @имя или ссылка t.me",
  select: "Выберите чат", selectText: "Слева — чаты этого человека. Откройте бота и напишите ему.", send: "Отправить", share: "Поделиться чатом",
  shareWhich: "Каким чатом поделиться?", start: "Старт", startGroup: "Добавить бота в группу", startGroupWhich: "В какую группу?", stars: "звёзд", time: "Время песочницы",
  timeHint: "Время идёт только вперёд: сроки, напоминания и паузы наступят раньше.", minutes10: "+10 минут", hour: "+1 час", day: "+1 день", week: "+1 неделя",
  title: "Название", topics: "Темы", typing: "печатает", unban: "Разблокировать", unblock: "Разблокировать", unpin: "Открепить", username: "Имя пользователя (по желанию)",
  usedBy: (n) => `вступили: ${n}`, video: "Видео", views: "просмотры", voice: "Голосовое сообщение", withComments: "С комментариями", withDirect: "Принимать сообщения от читателей",
  you: "Вы", poll: "Опрос", votes: (n) => `${n} ${plural(n, "голос", "голоса", "голосов")}`, today: "Сегодня", yesterday: "Вчера", invoice: "Счёт", now: "сейчас",
  hidden: "Участники видят сообщения друг друга", via: "ответил бот", toChannel: "К каналу", sandbox: "Песочница", commands: "Команды бота", botIntro: "Что умеет этот бот?",
  s_new: (who, whom, self) => (self ? `${who} теперь в группе` : `${who} добавил(а): ${whom}`), s_left: (who) => `${who} больше не в группе`, s_title: (who, title) => `${who}: новое название «${title}»`,
  s_pinned: (who) => `${who}: сообщение закреплено`, s_created: "Группа создана", s_channel: "Канал создан", s_topic: (name) => `Тема «${name}» открыта`, s_topicClosed: "Тема закрыта", s_topicOpened: "Тема снова открыта",
  s_migrated: "Группа стала супергруппой", s_paid: (n) => `Оплачено ${n} ⭐`, s_refunded: (n) => `Возвращено ${n} ⭐`, s_shared: "Чат передан боту", s_photo: "Новое фото чата", s_other: "Служебное сообщение",
};

const EN = {
  add: "Add", addBot: "New bot", addMember: "Add a member", admin: "admin", answerPending: "waiting for the answer…",
  askJoin: "Request to join", asAdmin: "Make an administrator", attach: "Attach a file", back: "Back", block: "Block",
  bot: "bot", botToken: "The bot's token", botTokenHow: "Copy it and enter it under Accounts → Connect a bot.", botUsername: "Username (ends in bot)", bots: "Bots", cancel: "Cancel",
  channel: "Channel", channels: "Channels", chats: "Chats", close: "Close", comment: "Write a comment…", comments: "Comments",
  commentsNone: "Leave a comment", connect: "Connect to my account", connectAsk: "The bot will see what people write to you personally and answer in your name. You can disconnect it at any time.", connected: "The bot answers for you in private chats.", disconnect: "Disconnect from my account",
  consent: "If you go on, you will see this group's messages and its members will see yours. Nobody but you can make you join.",
  copied: "Copied", copy: "Copy", create: "Create", createLink: "Create an invite link", creator: "owner",
  decline: "Decline", approve: "Let in", del: "Delete", deleteAll: "Delete for everyone?", direct: "Message the channel", directMessages: "Messages to the channel",
  done: "Done", edit: "Edit", edited: "edited", editing: "Editing a message", emptyBot: "Press Start to begin the conversation",
  emptyChat: "No messages here yet", emptyChats: "No chats yet. Find a bot in the list below or create a group.", file: "File",
  firstName: "First name", forwarded: "Forwarded from", group: "Group", groupOwner: "Owner", invites: "Invite links",
  inviteText: "You are invited to a chat", join: "Join", joinChannel: "Subscribe", joined: "You are in", joinRequests: "Requests to join",
  language: "Language", lastName: "Last name", leave: "Leave", link: "Link", linkRequests: "Joining needs approval", members: "Members",
  membersOf: (n) => `${n} ${n === 1 ? "member" : "members"}`, subscribersOf: (n) => `${n} ${n === 1 ? "subscriber" : "subscribers"}`,
  commentsOf: (n) => `${n} ${n === 1 ? "comment" : "comments"}`, menu: "Menu", message: "Message…", more: "More",
  moveTime: "Move time forward", newChannel: "New channel", newGroup: "New group", newPerson: "New person", newTab: "Open in a new tab",
  newTopic: "New topic", general: "General", noPeople: "Who will you be?", noPeopleText: "The sandbox is a small Telegram of its own. Invent the person you will write as.",
  offline: "No connection, trying again…", open: "Open", paid: "Paid", pay: "Pay", payAsk: (n, title) => `Pay ${n} ⭐ for “${title}”?`,
  payFailed: "The payment failed", paying: "Checking the payment…", photo: "Photo", pin: "Pin", pinned: "Pinned message", people: "People",
  personAs: "You write as", post: "New post…", publicName: "Public name (optional)", react: "React", readOnly: "Only administrators write here",
  remove: "Remove", removeMember: "Remove from the chat", reply: "Reply", requested: "The request is sent", search: "Search, @name or t.me link",
  select: "Choose a chat", selectText: "On the left are this person's chats. Open a bot and write to it.", send: "Send", share: "Share a chat",
  shareWhich: "Which chat to share?", start: "Start", startGroup: "Add the bot to a group", startGroupWhich: "Which group?", stars: "Stars", time: "Sandbox time",
  timeHint: "Time only goes forward: deadlines, reminders and pauses come sooner.", minutes10: "+10 minutes", hour: "+1 hour", day: "+1 day", week: "+1 week",
  title: "Title", topics: "Topics", typing: "is typing", unban: "Unban", unblock: "Unblock", unpin: "Unpin", username: "Username (optional)",
  usedBy: (n) => `joined: ${n}`, video: "Video", views: "views", voice: "Voice message", withComments: "With comments", withDirect: "Take messages from readers",
  you: "You", poll: "Poll", votes: (n) => `${n} ${n === 1 ? "vote" : "votes"}`, today: "Today", yesterday: "Yesterday", invoice: "Invoice", now: "now",
  hidden: "Members see each other's messages", via: "answered by a bot", toChannel: "To the channel", sandbox: "Sandbox", commands: "Bot commands", botIntro: "What can this bot do?",
  s_new: (who, whom, self) => (self ? `${who} joined the group` : `${who} added ${whom}`), s_left: (who) => `${who} left the group`, s_title: (who, title) => `${who} renamed the group to “${title}”`,
  s_pinned: (who) => `${who} pinned a message`, s_created: "Group created", s_channel: "Channel created", s_topic: (name) => `Topic “${name}” was opened`, s_topicClosed: "The topic was closed", s_topicOpened: "The topic was reopened",
  s_migrated: "The group became a supergroup", s_paid: (n) => `Paid ${n} ⭐`, s_refunded: (n) => `Refunded ${n} ⭐`, s_shared: "A chat was shared with the bot", s_photo: "New chat photo", s_other: "Service message",
};

function plural(n, one, few, many) {
  const tens = n % 100;
  const units = n % 10;
  if (units === 1 && tens !== 11) return one;
  if (units >= 2 && units <= 4 && (tens < 12 || tens > 14)) return few;
  return many;
}

export function wordsFor(language) {
  return String(language || "").toLowerCase().startsWith("ru") ? RU : EN;
}
