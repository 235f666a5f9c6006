// The questionnaire editor: text with problems at their lines, a preview, saving, comparing.
document.addEventListener("DOMContentLoaded", () => {
  const root = document.getElementById("questionnaire");
  if (!root) return;
  const words = JSON.parse(root.dataset.words);
  const { id, nonce } = root.dataset;
  let version = root.dataset.version;
  const say = (key, n) => words[key].replace("{n}", n);
  const area = document.getElementById("source");
  const state = document.getElementById("questionnaire-state");
  const problems = document.getElementById("problems");
  const preview = document.getElementById("preview");
  const compareBox = document.getElementById("compare");
  const view = document.getElementById("compare-view");
  const conflictActions = document.getElementById("conflict-actions");
  let timer = 0, theirs = null;

  area.hidden = true;
  const editor = window.CandorEditor.create({ parent: document.getElementById("editor"), text: area.value, nonce, label: words.editor, phrases: words.phrases, onChange: changed });

  function changed(text) {
    area.value = text;
    window.clearTimeout(timer);
    timer = window.setTimeout(check, 450);
  }

  async function check() {
    try { show(await window.candor.call("POST", "/api/questionnaires/check", { source: editor.text() })); }
    catch (error) { state.textContent = error.message; }
  }

  function show(found) {
    editor.showProblems(found.problems.map((item) => ({ ...item, severity: "error", message: `${item.message} ${item.mend ?? ""}`.trim() })));
    const list = document.createElement("ul");
    list.className = "problems";
    found.problems.forEach((item) => {
      const line = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "is-error";
      button.textContent = `${item.line ? `${words.line} ${item.line}: ` : ""}${item.message} ${item.mend ?? ""}`.trim();
      button.addEventListener("click", () => editor.goTo(item.line ?? 1));
      line.append(button);
      list.append(line);
    });
    problems.replaceChildren(...(found.problems.length ? [list] : []));
    state.textContent = found.problems.length ? `${words.problems} ${found.problems.length}` : words.fine;
    draw(found.document);
  }

  const made = (name, className, text) => Object.assign(document.createElement(name), { className, textContent: text });
  function draw(doc) {
    preview.replaceChildren();
    if (!doc) { preview.append(made("p", "text-body-secondary", words.broken)); return; }
    if (doc.intro) preview.append(bubble(doc.intro, []));
    doc.questions.forEach((question, place) => {
      const below = doc.questions[place + 1]?.key ?? "end";
      const ways = (question.next ?? []).map((way) => [way.when && way.when !== "default" ? way.when : "…", way.to]);
      const fallback = (question.next ?? []).find((way) => !way.when || way.when === "default")?.to ?? below;
      const named = (question.options ?? []).map((option) => [option.label, option.to ?? fallback]);
      const kind = question.number ? words.number : question.text ? words.text : "";
      const lines = named.length ? named : [[kind, fallback], ...ways.filter(([when]) => when !== "…")];
      preview.append(bubble(question.ask, lines, `${question.key}${question.optional ? ` · ${words.skippable}` : ""}`));
    });
    if (doc.finish) preview.append(bubble(doc.finish, []));
    if (doc.follow_up) preview.append(bubble(doc.follow_up.say, [], `${words.reminder} ${doc.follow_up.after}`));
  }
  function bubble(text, lines, meta) {
    const article = made("article", "message is-out", "");
    const body = made("div", "text", text);
    body.dir = "auto";
    article.append(body);
    lines.forEach(([label, target]) => {
      const line = made("div", "meta", "");
      line.append(made("span", "tag", label), made("span", "", `${words.branch}: ${target === "end" ? words.end : target}`));
      article.append(line);
    });
    if (meta) article.append(made("div", "meta", meta));
    return article;
  }

  async function publish(match = version) {
    try {
      const headers = { "X-CSRF-Token": window.candor.csrf, "X-Candor-Page": "1", "Content-Type": "application/yaml", Accept: "application/json" };
      if (id && match) headers["If-Match"] = `"${match}"`;
      const answer = await fetch(id ? `/api/questionnaires/${id}` : "/api/questionnaires", { method: id ? "PUT" : "POST", headers, body: editor.text(), credentials: "same-origin" });
      const value = await answer.json();
      if (answer.status === 409 && value.current_version && id) { await conflict(value.current_version); return; }
      if (!answer.ok) { state.textContent = value.detail; await check(); return; }
      window.location.assign(`/questionnaires/${value.id}?notice=questionnaire_saved`);
    } catch (error) { state.textContent = error.message; }
  }
  document.getElementById("publish")?.addEventListener("click", () => publish());

  const exported = async (number) => (await fetch(`/api/questionnaires/${id}/export?version=${number}`, { credentials: "same-origin" })).text();
  function compare(before, title, labels) {
    view.replaceChildren();
    compareBox.hidden = false;
    document.getElementById("compare-title").textContent = title;
    window.CandorEditor.compare({ parent: view, before, after: editor.text(), nonce, labels, phrases: words.phrases });
    compareBox.scrollIntoView({ block: "nearest" });
  }
  document.querySelectorAll("[data-compare]").forEach((button) => button.addEventListener("click", async () => {
    conflictActions.hidden = true;
    compare(await exported(button.dataset.compare), say("before", button.dataset.compare), [say("before", button.dataset.compare), words.mine]);
  }));
  async function conflict(current) {
    theirs = { version: String(current), text: await exported(current) };
    compare(theirs.text, say("conflict", current), [words.theirs, words.mine]);
    conflictActions.hidden = false;
  }
  document.getElementById("conflict-mine").addEventListener("click", () => publish(theirs.version));
  document.getElementById("conflict-theirs").addEventListener("click", () => { version = theirs.version; editor.replace(theirs.text); compareBox.hidden = true; });
  document.getElementById("compare-close").addEventListener("click", () => { compareBox.hidden = true; });
  check();
});
