// The studio: text, form and graph of one script document, problems at their lines, try it, publish.
document.addEventListener("DOMContentLoaded", () => {
  const studio = document.getElementById("studio");
  if (!studio) return;
  const words = JSON.parse(studio.dataset.words);
  const { id, nonce } = studio.dataset;
  let version = studio.dataset.version;
  const say = (key, n) => words[key].replace("{n}", n);
  const area = document.getElementById("source");
  const state = document.getElementById("studio-state");
  const problems = document.getElementById("problems");
  const form = document.getElementById("form-view");
  const graph = document.getElementById("graph");
  const compareBox = document.getElementById("compare");
  const draftAddress = id ? `/api/scripts/${id}/draft` : "/api/scripts/draft";
  const dropDraft = document.getElementById("drop-draft");
  let doc = null, mistakes = 0, timer = 0, fromForm = false, theirs = null, leaving = false;

  area.hidden = true;
  const editor = window.CandorEditor.create({ parent: document.getElementById("editor"), text: area.value, nonce, label: words.editor, phrases: words.phrases, onChange: changed });
  const saved = area.value;
  // A draft lives on the server: it survives a closed browser, and its mistakes with it.
  let kept = saved, keeping = 0, queue = Promise.resolve();
  const { draft, draftBase } = studio.dataset;
  const note = document.getElementById("studio-note");
  if (draft && draft !== saved && studio.dataset.canSave) {
    kept = draft;
    if (id && draftBase !== version) { note.textContent = say("draft_old", draftBase); version = draftBase; } else note.textContent = words.draft;
    dropDraft.hidden = false;
    editor.replace(draft);
  }

  document.addEventListener("candor:typed", (event) => { if (event.detail.id === "source") editor.replace(event.detail.value); });

  function changed(text) {
    area.value = text;
    window.clearTimeout(timer);
    timer = window.setTimeout(check, 450);
    window.clearTimeout(keeping);
    keeping = window.setTimeout(keep, 900);
  }

  function keep() {
    const text = editor.text();
    if (!studio.dataset.canSave || text === kept) return queue;
    queue = queue.then(async () => {
      try {
        await window.candor.call("PUT", draftAddress, { source: text, base_version: Number(version || 0) });
        kept = text;
        note.textContent = words.kept;
        dropDraft.hidden = false;
      } catch (error) { note.textContent = words.not_kept.replace("{why}", error.message); }
    });
    return queue;
  }
  async function forget() {
    window.clearTimeout(keeping);
    await queue;
    try { await window.candor.call("DELETE", draftAddress); } catch { /* it is replaced by the next one */ }
    kept = saved;
  }
  dropDraft?.addEventListener("click", async () => { await forget(); window.location.reload(); });
  window.addEventListener("pagehide", () => {
    if (!studio.dataset.canSave || editor.text() === kept || leaving) return;
    fetch(draftAddress, { method: "PUT", keepalive: true, credentials: "same-origin", headers: { "X-CSRF-Token": window.candor.csrf, "Content-Type": "application/json" }, body: JSON.stringify({ source: editor.text(), base_version: Number(version || 0) }) });
  });

  async function check() {
    try {
      const found = await window.candor.call("POST", "/api/scripts/check", { source: editor.text() });
      show(found);
    } catch (error) { state.textContent = error.message; }
  }

  function show(found) {
    const all = [...found.problems.map((item) => ({ ...item, severity: "error" })), ...found.warnings.map((item) => ({ ...item, severity: "warning" }))];
    editor.showProblems(all.map((item) => ({ ...item, message: `${item.message} ${item.mend ?? ""}`.trim() })));
    const list = document.createElement("ul");
    list.className = "problems";
    all.forEach((item) => {
      const line = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = `is-${item.severity}`;
      button.textContent = `${item.line ? `${words.line} ${item.line}: ` : ""}${item.message} ${item.mend ?? ""}`.trim();
      button.addEventListener("click", () => {
        const isForm = document.getElementById("pane-form").classList.contains("active");
        if (isForm && window.CandorForm.goTo(form, item.path)) return;
        window.bootstrap.Tab.getOrCreateInstance(document.getElementById("tab-text")).show();
        editor.goTo(item.line ?? 1);
      });
      line.append(button);
      list.append(line);
    });
    problems.replaceChildren(...(all.length ? [list] : []));
    state.textContent = found.problems.length ? `${words.problems} ${found.problems.length}` : words.fine;
    mistakes = found.problems.length;
    doc = found.document;
    if (doc) {
      window.CandorGraph.draw(graph, doc, { words, onChoose: goToKey });
      if (!fromForm) window.CandorForm.draw(form, structuredClone(doc), { words, onChange: formChanged });
    } else if (!fromForm) form.textContent = words.form_broken;
    window.CandorForm.mark(form, found.problems);
    fromForm = false;
  }

  let formTimer = 0;
  function formChanged(changedDoc) {
    window.clearTimeout(formTimer);
    formTimer = window.setTimeout(async () => {
      try {
        const answer = await window.candor.call("POST", "/api/scripts/format", { document: changedDoc });
        fromForm = true;
        editor.replace(answer.source);
      } catch (error) { state.textContent = error.message; }
    }, 350);
  }

  function goToKey(key) {
    const found = editor.text().split("\n").findIndex((line) => new RegExp(`^\\s*-?\\s*\\{?\\s*key:\\s*["']?${key}["']?\\s*(,|$)`).test(line));
    window.bootstrap.Tab.getOrCreateInstance(document.getElementById("tab-text")).show();
    editor.goTo(found < 0 ? 1 : found + 1);
  }

  // --- try it
  const thread = document.getElementById("try-thread");
  const tryForm = document.getElementById("try-form");
  const tryText = document.getElementById("try-text");
  let messages = [];
  const bubble = (text, classes, meta) => {
    const made = document.createElement("article");
    made.className = `message ${classes}`;
    const body = document.createElement("div");
    body.className = "text";
    body.dir = "auto";
    body.textContent = text;
    made.append(body);
    if (meta) { const line = document.createElement("div"); line.className = "meta"; meta.forEach((part) => { const tag = document.createElement("span"); tag.className = part.tag ? "tag" : ""; tag.textContent = part.text; line.append(tag); }); made.append(line); }
    return made;
  };
  // One value a line, as a questionnaire would have left it: `level: beginner`, `labels.level: From zero`.
  function told() {
    const found = {};
    for (const line of document.getElementById("try-diagnosis").value.split("\n")) {
      const [, labels, name, value] = line.match(/^\s*(labels\.)?([a-zA-Z]\w*)\s*:\s*(.*?)\s*$/) ?? [];
      if (name) (labels ? (found.labels ??= {}) : found)[name] = value;
    }
    return found;
  }
  async function tryOut() {
    const address = id ? `/api/scripts/${id}/try` : "/api/scripts/try";
    try {
      const answer = await window.candor.call("POST", address, { messages, source: editor.text(), diagnosis: told() });
      thread.replaceChildren();
      answer.replies.forEach((reply) => {
        thread.append(bubble(reply.message, ""));
        thread.append(bubble(reply.text || words.ended, "is-out", [
          { text: reply.strategy === "script_80" ? words.by_script : words.freely, tag: true },
          { text: `${words.score} ${reply.script_fit_score.toFixed(2)}` },
          ...(reply.stage ? [{ text: `${words.step} ${reply.stage}` }] : []),
          ...(reply.trigger ? [{ text: `⚡ ${reply.trigger}`, tag: true }] : []),
        ]));
        if (reply.reasons.length) {
          const details = document.createElement("details");
          const summary = document.createElement("summary");
          summary.textContent = "…";
          summary.setAttribute("aria-label", words.score);
          details.append(summary, Object.assign(document.createElement("div"), { textContent: reply.reasons.join(" ") }));
          thread.lastElementChild.append(details);
        }
      });
    } catch (error) {
      messages.pop();
      const lines = (error.problem?.errors ?? []).map((item) => `${item.line ? `${words.line} ${item.line}: ` : ""}${item.message}`);
      thread.append(bubble([error.message, ...lines].join("\n"), "by-human"));
    }
    thread.scrollTop = thread.scrollHeight;
  }
  tryForm.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = tryText.value.trim();
    if (!text) return;
    messages.push(text);
    thread.append(bubble(text, ""));
    tryText.value = "";
    tryOut();
  });
  document.getElementById("try-again").addEventListener("click", () => { messages = []; thread.replaceChildren(); tryText.focus(); });

  // --- tests and publishing
  const askBody = document.getElementById("ask-twice-body");
  const anyway = document.getElementById("publish-anyway");
  const ask = () => window.bootstrap.Modal.getOrCreateInstance(document.getElementById("ask-twice"));
  async function runTests() {
    const answer = await window.candor.call("POST", "/api/scripts/tests", { source: editor.text() });
    if (!answer.cases.length) state.textContent = words.none;
    else if (!answer.failed) state.textContent = say("passed", answer.passed);
    return answer;
  }
  const askLine = (text, name = "p", classes = "small mb-1") => askBody.append(Object.assign(document.createElement(name), { className: classes, textContent: text }));
  function showFailures(answer) {
    answer.cases.filter((item) => !item.passed).forEach((item) => {
      askLine(item.name, "h3", "h6 mt-2");
      item.misses.forEach((miss) => askLine(`“${miss.message}” — ${words.fields[miss.field] ?? miss.field}: ${words.expected} ${miss.expected}, ${words.found} ${miss.found}`));
    });
  }
  // Who is in the middle of a dialogue by it, and what the new version means for them.
  function showAffected(running) {
    askLine(say("affected", running.total), "h3", "h6 mt-2");
    askLine(words.policies[doc?.policy ?? "next_step"], "p", "mb-1");
    const kept = new Set((doc?.steps ?? []).map((step) => step.key));
    const list = document.createElement("ul");
    list.className = "small mb-0";
    running.steps.forEach(({ step, dialogues }) => list.append(Object.assign(document.createElement("li"), { textContent: `${step || words.no_step}: ${dialogues}${step && !kept.has(step) ? ` — ${words.step_gone}` : ""}` })));
    askBody.append(list);
  }
  function askTwice(answer, running, mayPublish) {
    askBody.replaceChildren();
    document.getElementById("ask-twice-title").textContent = answer.failed ? words.tests_fail : words.ask_publish;
    if (mayPublish && answer.failed) askLine(words.failing, "p", "");
    if (answer.failed) showFailures(answer);
    if (mayPublish && running.total) showAffected(running);
    if (anyway) {
      anyway.hidden = !mayPublish;
      anyway.className = `btn ${answer.failed ? "btn-danger" : "btn-primary"}`;
      anyway.textContent = answer.failed ? words.publish_anyway : words.publish;
    }
    ask().show();
  }
  const whoRuns = async () => (id ? window.candor.call("GET", `/api/scripts/${id}/running`) : { total: 0, steps: [] });
  document.getElementById("run-tests").addEventListener("click", async () => {
    try { const answer = await runTests(); if (answer.failed) askTwice(answer, null, false); } catch (error) { state.textContent = error.message; check(); }
  });
  async function publish(match = version) {
    try {
      const headers = { "X-CSRF-Token": window.candor.csrf, "X-Candor-Page": "1", "Content-Type": "application/yaml", Accept: "application/json" };
      if (id && match) headers["If-Match"] = `"${match}"`;
      const answer = await fetch(id ? `/api/scripts/${id}` : "/api/scripts", { method: id ? "PUT" : "POST", headers, body: editor.text(), credentials: "same-origin" });
      const value = await answer.json();
      if (answer.status === 409 && value.current_version && id) { await conflict(value.current_version); return; }
      if (!answer.ok) { state.textContent = value.detail; await check(); return; }
      leaving = true;
      await forget();
      if (!id) { window.location.assign(`/scripts/${value.id}?notice=script_saved`); return; }
      window.location.assign(`/scripts/${id}?notice=script_saved`);
    } catch (error) { state.textContent = error.message; }
  }
  document.getElementById("publish")?.addEventListener("click", async () => {
    await check();
    if (mistakes) { problems.scrollIntoView({ block: "nearest" }); problems.querySelector("button")?.focus(); return; }
    try {
      const answer = await runTests();
      const running = await whoRuns();
      if (answer.failed || running.total) askTwice(answer, running, true); else await publish();
    } catch (error) {
      if (error.status === 422) { state.textContent = error.message; await check(); } else await publish();
    }
  });
  anyway?.addEventListener("click", () => { ask().hide(); publish(); });

  // --- versions
  const exported = async (number) => (await fetch(`/api/scripts/${id}/export?version=${number}`, { credentials: "same-origin" })).text();
  const view = document.getElementById("compare-view");
  function compare(before, title, labels) {
    view.replaceChildren();
    compareBox.hidden = false;
    document.getElementById("compare-title").textContent = title;
    window.CandorEditor.compare({ parent: view, before, after: editor.text(), nonce, labels, phrases: words.phrases });
    compareBox.scrollIntoView({ block: "nearest" });
  }
  document.querySelectorAll("[data-compare]").forEach((button) => button.addEventListener("click", async () => {
    document.getElementById("conflict-actions").hidden = true;
    compare(await exported(button.dataset.compare), say("before", button.dataset.compare), [say("before", button.dataset.compare), words.mine]);
  }));
  async function conflict(current) {
    theirs = { version: String(current), text: await exported(current) };
    compare(theirs.text, say("conflict", current), [words.theirs, words.mine]);
    document.getElementById("conflict-actions").hidden = false;
  }
  document.getElementById("conflict-mine").addEventListener("click", () => publish(theirs.version));
  document.getElementById("conflict-theirs").addEventListener("click", () => { version = theirs.version; editor.replace(theirs.text); forget(); compareBox.hidden = true; });
  document.getElementById("compare-close").addEventListener("click", () => { compareBox.hidden = true; });

  // --- corrections from dialogues
  const said = (number) => [...document.querySelectorAll(`[data-said="${number}"]`)].map((field) => field.value);
  const settled = (number) => document.getElementById(`correction-${number}`)?.remove();
  document.querySelectorAll("[data-take]").forEach((button) => button.addEventListener("click", async () => {
    try {
      const answer = await window.candor.call("POST", `/api/scripts/${id}/corrections/${button.dataset.take}/take`, { source: editor.text(), says: said(button.dataset.take) });
      editor.replace(answer.source);
      settled(button.dataset.take);
      note.textContent = words.taken;
      await keep();
    } catch (error) { note.textContent = error.message; }
  }));
  document.querySelectorAll("[data-turn-down]").forEach((button) => {
    button.addEventListener("click", async () => {
      try { await window.candor.call("DELETE", `/api/scripts/${id}/corrections/${button.dataset.turnDown}`); settled(button.dataset.turnDown); } catch (error) { note.textContent = error.message; }
    });
  });
  check();
});
