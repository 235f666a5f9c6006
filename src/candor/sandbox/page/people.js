// Choosing and inventing the person this tab writes as.

import { h, menu, sheet } from "./dom.js";

export function makePeople(app) {
  const { t } = app;

  function choose(anchor) {
    const entries = app.people.map((person) => ({
      label: person.name,
      hint: person.username ? `@${person.username}` : `⭐ ${person.stars}`,
      icon: person.id === app.me?.id ? "check" : "users",
      click: () => app.become(person),
    }));
    const tab = app.me && {
      label: t.newTab,
      icon: "tab",
      click: () => window.open(`${location.pathname}${location.search}#as=${app.me.id}`, "_blank", "noopener"),
    };
    menu(anchor, [...entries, { node: h("hr", {}) }, tab, { label: t.newPerson, icon: "plus", click: () => invent() }], app.root);
  }

  async function invent(isFirst = false) {
    const fields = [
      { name: "first_name", label: t.firstName, required: true, max: 64, placeholder: app.language.startsWith("ru") ? "Анна" : "Anna" },
      { name: "last_name", label: t.lastName, max: 64 },
      { name: "username", label: t.username, max: 32 },
      { name: "language_code", label: t.language, type: "choice", value: app.language.startsWith("ru") ? "ru" : "en", options: [["ru", "Русский"], ["en", "English"]] },
    ];
    const given = await sheet(app.root, {
      title: isFirst ? t.noPeople : t.newPerson,
      text: isFirst ? t.noPeopleText : "",
      fields,
      submit: t.create,
      cancel: isFirst ? null : t.cancel,
    });
    if (!given) return;
    try {
      const person = await app.api.post("/users", { ...given, username: given.username.replace(/^@/, "") || null });
      await app.refreshPeople();
      await app.become(person);
    } catch (error) {
      app.fail(error);
      await invent(isFirst);
    }
  }

  return { choose, invent };
}
