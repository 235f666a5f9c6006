// The form view of a script document. Every change goes back into the text, which is the one truth.
(() => {
  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value !== undefined && value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
    });
    made.append(...children);
    return made;
  };
  const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
  let count = 0;

  // `path` says where in the document the field stands: mistakes are shown there.
  function field(label, value, onInput, { rows = 0, options = null, path = "", type = "text" } = {}) {
    const id = `field-${(count += 1)}`;
    const common = { id, "data-path": path };
    let input;
    if (options) {
      const named = options.map((item) => (Array.isArray(item) ? item : [item, item]));
      input = element("select", { ...common, class: "form-select form-select-sm", onchange: (event) => onInput(event.target.value) },
        ...named.map(([item, name]) => element("option", { value: item, selected: item === (value ?? "") }, name)));
    } else {
      input = element(rows ? "textarea" : "input", { ...common, class: "form-control form-control-sm", oninput: (event) => onInput(event.target.value), ...(rows ? { rows } : { type }) });
      input.value = value ?? "";
    }
    return element("div", { class: "flex-fill" }, element("label", { class: "form-label small", for: id }, label), input);
  }

  const fields = (place) => [...place.querySelectorAll("[data-path]")].filter((item) => item.dataset.path);
  // The field of the mistake itself, else of what it stands in.
  function fieldOf(place, path) {
    const parts = path.split(".");
    for (let length = parts.length; length > 0; length -= 1) {
      const head = parts.slice(0, length).join(".");
      const known = fields(place);
      const found = known.find((item) => item.dataset.path === head || item.dataset.path === `${head}.say`)
        ?? (length === parts.length ? known.find((item) => item.dataset.path.startsWith(`${head}.`)) : null);
      if (found) return found;
    }
    return null;
  }

  window.CandorForm = {
    mark(place, problems) {
      place.querySelectorAll(".invalid-feedback").forEach((item) => item.remove());
      place.querySelectorAll(".is-invalid").forEach((item) => { item.classList.remove("is-invalid"); item.removeAttribute("aria-invalid"); item.removeAttribute("aria-describedby"); });
      problems.forEach((item) => {
        const input = fieldOf(place, item.path ?? "");
        if (!input) return;
        const id = `${input.id}-why`;
        const known = document.getElementById(id);
        const text = `${item.message} ${item.mend ?? ""}`.trim();
        if (known) { known.textContent += ` ${text}`; return; }
        input.classList.add("is-invalid");
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", id);
        input.after(element("div", { class: "invalid-feedback", id }, text));
        const inside = input.closest("details");
        if (inside) inside.open = true;
      });
    },
    goTo(place, path) {
      const input = fieldOf(place, path ?? "");
      input?.closest("details")?.setAttribute("open", "");
      input?.focus();
      return Boolean(input);
    },
    draw(place, doc, { words, onChange }) {
      const opened = new Set([...place.querySelectorAll("details[open]")].map((item) => item.dataset.part));
      const isFirst = !place.querySelector("details");
      const set = (target, key, value) => {
        const isEmpty = value === "" || value === undefined || (Array.isArray(value) && !value.length);
        if (isEmpty) delete target[key]; else target[key] = value;
        onChange(doc);
      };
      const redraw = () => { onChange(doc); window.CandorForm.draw(place, doc, { words, onChange }); };
      const removing = (list, index, label = words.remove) => element("button", { type: "button", class: "btn btn-sm btn-outline-danger", onclick: () => { list.splice(index, 1); redraw(); } }, label);
      const adding = (label, act, classes = "mb-3") => element("button", { type: "button", class: `btn btn-sm btn-outline-primary ${classes}`, onclick: () => { act(); redraw(); } }, `+ ${label}`);
      const keys = (doc.steps ?? []).map((step) => step.key);
      const row = (...children) => element("div", { class: "d-flex gap-2 flex-wrap align-items-end" }, ...children);
      const part = (name, isOpen, title, ...children) => element("details", { class: "step-form", "data-part": name, open: isFirst ? isOpen : opened.has(name) },
        element("summary", {}, title), element("div", { class: "vstack gap-2 mt-2" }, ...children));
      const named = (names) => Object.entries(names);
      const at = (path) => ({ path });

      const rule = (step, here, item, index) => row(
        field(words.when, item.when, (value) => set(item, "when", value), at(`${here}.next.${index}.when`)),
        field(words.fits, (item.fits ?? []).join("\n"), (value) => set(item, "fits", lines(value)), { rows: 1, path: `${here}.next.${index}.fits` }),
        field(words.to, item.to, (value) => set(item, "to", value), { options: keys.includes(item.to) ? keys : [item.to, ...keys], path: `${here}.next.${index}.to` }),
        removing(step.next, index),
      );
      const done = (item) => (typeof item.done_when === "string" ? { text: item.done_when } : item.done_when ?? {});
      const setDone = (item, key, value) => {
        const known = { ...done(item) };
        if (value === "" || Number.isNaN(value)) delete known[key]; else known[key] = value;
        set(item, "done_when", Object.keys(known).length ? known : undefined);
      };
      const reaction = (step, here, item, index) => element("div", { class: "vstack gap-2" }, row(
        field(words.partner, item.partner, (value) => set(item, "partner", value), at(`${here}.reactions.${index}.partner`)),
        field(words.reaction, item.kind, (value) => set(item, "kind", value), { options: named(words.reactions), path: `${here}.reactions.${index}.kind` }),
        removing(step.reactions, index)),
        field(words.text, item.text, (value) => set(item, "text", value), { rows: 2, path: `${here}.reactions.${index}.text` }));
      const lesson = (item, here) => [
        field(words.task, item.task, (value) => set(item, "task", value), { rows: 2, path: `${here}.task` }),
        row(
          field(words.send_at, item.send_at, (value) => set(item, "send_at", value), at(`${here}.send_at`)),
          field(words.done_when, done(item).text, (value) => setDone(item, "text", value), at(`${here}.done_when.text`)),
          field(words.min_words, done(item).min_words, (value) => setDone(item, "min_words", value === "" ? "" : Number(value)), { type: "number", path: `${here}.done_when.min_words` })),
        element("div", { class: "small fw-semibold" }, words.partners),
        ...(item.reactions ?? []).map((one, index) => reaction(item, here, one, index)),
      ];
      const dialogue = (item, here) => [
        row(
          field(words.must_say, (item.must_say ?? []).join("\n"), (value) => set(item, "must_say", lines(value)), { rows: 3, path: `${here}.must_say` }),
          field(words.fits, (item.fits ?? []).join("\n"), (value) => set(item, "fits", lines(value)), { rows: 3, path: `${here}.fits` })),
        element("div", { class: "small fw-semibold" }, words.next),
      ];
      const step = (item, index) => {
        const here = `steps.${index}`, isLesson = doc.kind === "education";
        return part(here, index < 2, `${index + 1}. ${item.title || item.key}`,
          row(field(words.key, item.key, (value) => set(item, "key", value), at(`${here}.key`)), field(words.title, item.title, (value) => set(item, "title", value), at(`${here}.title`))),
          field(words.say, item.say, (value) => set(item, "say", value), { rows: 3, path: `${here}.say` }),
          ...(isLesson ? lesson(item, here) : dialogue(item, here)),
          ...(item.next ?? []).map((way, place) => rule(item, here, way, place)),
          row(
            isLesson ? adding(words.add_reaction, () => { (item.reactions ??= []).push({ partner: item.reactions?.[0]?.partner ?? "curious", kind: "question" }); }, "")
              : adding(words.add_rule, () => { (item.next ??= []).push({ when: "default", to: keys[0] }); }, ""),
            removing(doc.steps, index, words.remove_step)));
      };
      const trigger = (item, index) => {
        const here = `triggers.${index}`;
        return part(here, false, `⚡ ${item.key} → ${words.actions[item.action] ?? item.action}`,
          row(
            field(words.key, item.key, (value) => set(item, "key", value), at(`${here}.key`)),
            field(words.action, item.action, (value) => set(item, "action", value), { options: named(words.actions), path: `${here}.action` }),
            field(words.script, item.script, (value) => set(item, "script", value), at(`${here}.script`)),
            field(words.go_to_step, item.step, (value) => set(item, "step", value), { options: ["", ...keys], path: `${here}.step` })),
          row(
            field(words.fits, (item.fits ?? []).join("\n"), (value) => set(item, "fits", lines(value)), { rows: 3, path: `${here}.fits` }),
            field(words.unless, (item.unless ?? []).join("\n"), (value) => set(item, "unless", lines(value)), { rows: 3, path: `${here}.unless` })),
          field(words.say, item.say, (value) => set(item, "say", value), { rows: 2, path: `${here}.say` }),
          row(removing(doc.triggers, index, words.remove_trigger)));
      };
      const fact = (item, index) => element("div", { class: "fact-row" },
        field(words.key, item.id, (value) => set(item, "id", value), at(`facts.${index}.id`)),
        field(words.text, item.text, (value) => set(item, "text", value), { rows: 2, path: `facts.${index}.text` }),
        field(words.evidence, item.evidence, (value) => set(item, "evidence", value), { rows: 2, path: `facts.${index}.evidence` }),
        removing(doc.facts, index),
      );
      const variables = Object.entries(doc.variables ?? {}).map(([name, value]) => `${name}: ${value}`).join("\n");
      const readVariables = (text) => Object.fromEntries(lines(text).map((line) => {
        const cut = line.indexOf(":");
        return cut < 0 ? [line, ""] : [line.slice(0, cut).trim(), line.slice(cut + 1).trim()];
      }));
      place.replaceChildren(
        element("div", { class: "vstack gap-2 mb-3" },
          field(words.title, doc.title, (value) => set(doc, "title", value), at("title")),
          ...(doc.kind === "sales" ? [field(words.policy, doc.policy ?? "next_step", (value) => set(doc, "policy", value), { options: named(words.policies), path: "policy" })] : []),
          field(`${words.variables} (${words.name}: ${words.value})`, variables, (value) => { doc.variables = readVariables(value); onChange(doc); }, { rows: 3, path: "variables" })),
        element("h2", { class: "h6" }, words.steps), ...(doc.steps ?? []).map(step),
        adding(words.add_step, () => { doc.steps.push({ key: `step-${doc.steps.length + 1}`, say: "…" }); }),
        element("h2", { class: "h6" }, words.triggers), ...(doc.triggers ?? []).map(trigger),
        adding(words.add_trigger, () => { (doc.triggers ??= []).push({ key: `trigger-${(doc.triggers?.length ?? 0) + 1}`, action: "hand_off", fits: ["…"] }); }),
        element("h2", { class: "h6" }, words.facts), element("div", { class: "vstack gap-2 mb-2" }, ...(doc.facts ?? []).map(fact)),
        adding(words.add_fact, () => { (doc.facts ??= []).push({ id: `f${(doc.facts?.length ?? 0) + 1}`, text: "…", evidence: "https://" }); }),
        element("p", { class: "form-text" }, words.rest),
      );
    },
  };
})();
