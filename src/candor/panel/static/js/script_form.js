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

  function field(label, value, onInput, { rows = 0, options = null } = {}) {
    const id = `field-${(count += 1)}`;
    let input;
    if (options) {
      input = element("select", { class: "form-select form-select-sm", id, onchange: (event) => onInput(event.target.value) },
        ...options.map((item) => element("option", { value: item, selected: item === (value ?? "") }, item)));
    } else if (rows) {
      input = element("textarea", { class: "form-control form-control-sm", id, rows, oninput: (event) => onInput(event.target.value) });
      input.value = value ?? "";
    } else {
      input = element("input", { class: "form-control form-control-sm", id, oninput: (event) => onInput(event.target.value) });
      input.value = value ?? "";
    }
    return element("div", { class: "flex-fill" }, element("label", { class: "form-label small", for: id }, label), input);
  }

  window.CandorForm = {
    draw(place, doc, { words, onChange }) {
      const set = (target, key, value) => {
        const isEmpty = value === "" || (Array.isArray(value) && !value.length);
        if (isEmpty) delete target[key]; else target[key] = value;
        onChange(doc);
      };
      const redraw = () => { onChange(doc); window.CandorForm.draw(place, doc, { words, onChange }); };
      const removing = (list, index) => element("button", { type: "button", class: "btn btn-sm btn-outline-danger", onclick: () => { list.splice(index, 1); redraw(); } }, words.remove);
      const adding = (label, act) => element("button", { type: "button", class: "btn btn-sm btn-outline-primary mb-3", onclick: () => { act(); redraw(); } }, `+ ${label}`);
      const keys = (doc.steps ?? []).map((step) => step.key);
      const row = (...children) => element("div", { class: "d-flex gap-2 flex-wrap align-items-end" }, ...children);

      const rule = (step, item, index) => row(
        field(words.when, item.when, (value) => set(item, "when", value)),
        field(words.fits, (item.fits ?? []).join("\n"), (value) => set(item, "fits", lines(value)), { rows: 1 }),
        field(words.to, item.to, (value) => set(item, "to", value), { options: keys }),
        removing(step.next, index),
      );
      const step = (item, index) => element("details", { class: "step-form", open: index < 2 },
        element("summary", {}, `${index + 1}. ${item.title || item.key}`),
        element("div", { class: "vstack gap-2 mt-2" },
          row(field(words.key, item.key, (value) => set(item, "key", value)), field(words.title, item.title, (value) => set(item, "title", value))),
          field(words.say, item.say, (value) => set(item, "say", value), { rows: 3 }),
          ...(doc.kind === "education" ? [field(words.task, item.task, (value) => set(item, "task", value), { rows: 2 })] : []),
          row(
            field(words.must_say, (item.must_say ?? []).join("\n"), (value) => set(item, "must_say", lines(value)), { rows: 3 }),
            field(words.fits, (item.fits ?? []).join("\n"), (value) => set(item, "fits", lines(value)), { rows: 3 }),
          ),
          element("div", { class: "small fw-semibold" }, words.next),
          ...(item.next ?? []).map((way, place) => rule(item, way, place)),
          row(adding(words.add_rule, () => { (item.next ??= []).push({ when: "default", to: keys[0] }); }), removing(doc.steps, index)),
        ));
      const trigger = (item, index) => element("details", { class: "step-form" },
        element("summary", {}, `⚡ ${item.key} → ${item.action}`),
        element("div", { class: "vstack gap-2 mt-2" },
          row(
            field(words.key, item.key, (value) => set(item, "key", value)),
            field(words.action, item.action, (value) => set(item, "action", value), { options: ["open_group", "hand_off", "send_invoice", "go_to", "close"] }),
            field(words.script, item.script, (value) => set(item, "script", value)),
            field(words.go_to_step, item.step, (value) => set(item, "step", value), { options: ["", ...keys] }),
          ),
          row(
            field(words.fits, (item.fits ?? []).join("\n"), (value) => set(item, "fits", lines(value)), { rows: 3 }),
            field(words.unless, (item.unless ?? []).join("\n"), (value) => set(item, "unless", lines(value)), { rows: 3 }),
          ),
          field(words.say, item.say, (value) => set(item, "say", value), { rows: 2 }),
          row(removing(doc.triggers, index)),
        ));
      const fact = (item, index) => row(
        field(words.key, item.id, (value) => set(item, "id", value)),
        field(words.text, item.text, (value) => set(item, "text", value)),
        field(words.evidence, item.evidence, (value) => set(item, "evidence", value)),
        removing(doc.facts, index),
      );
      const variables = Object.entries(doc.variables ?? {}).map(([name, value]) => `${name}: ${value}`).join("\n");
      const readVariables = (text) => Object.fromEntries(lines(text).map((line) => {
        const cut = line.indexOf(":");
        return cut < 0 ? [line, ""] : [line.slice(0, cut).trim(), line.slice(cut + 1).trim()];
      }));
      place.replaceChildren(
        element("div", { class: "vstack gap-2 mb-3" },
          field(words.title, doc.title, (value) => set(doc, "title", value)),
          field(`${words.variables} (${words.name}: ${words.value})`, variables, (value) => { doc.variables = readVariables(value); onChange(doc); }, { rows: 3 })),
        element("h2", { class: "h6" }, words.steps), ...(doc.steps ?? []).map(step),
        adding(words.add_step, () => { doc.steps.push({ key: `step-${doc.steps.length + 1}`, say: "…" }); }),
        element("h2", { class: "h6" }, words.triggers), ...(doc.triggers ?? []).map(trigger),
        adding(words.add_trigger, () => { (doc.triggers ??= []).push({ key: `trigger-${(doc.triggers?.length ?? 0) + 1}`, action: "hand_off", fits: ["…"] }); }),
        element("h2", { class: "h6" }, words.facts), element("div", { class: "vstack gap-2 mb-2" }, ...(doc.facts ?? []).map(fact)),
        adding(words.add_fact, () => { (doc.facts ??= []).push({ id: `f${(doc.facts?.length ?? 0) + 1}`, text: "…", evidence: "https://" }); }),
      );
    },
  };
})();
