// Small building blocks: elements, icons, menus, dialogs, toasts. No markup strings, no inline styles.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  back: "M15 5l-7 7 7 7",
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M20 20l-4.8-4.8",
  send: "M4 12l16-8-5 16-3.5-6.5L4 12zM11.500 13.500L20 4",
  clip: "M20 11.500l-8.400 8.200a5 5 0 0 1-7-7.100l8.500-8.400a3.300 3.300 0 0 1 4.700 4.700l-8.300 8.200a1.600 1.600 0 0 1-2.300-2.300l7.200-7.100",
  dots: "M12 6v.01M12 12v.01M12 18v.01",
  plus: "M12 5v14M5 12h14",
  clock: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16M12 8v4.500l3 1.800",
  users: "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M2.500 20c.5-4 3-6 6.500-6s6 2 6.500 6M16 4.500a3.300 3.300 0 0 1 0 6.200M18 14.500c2 .8 3.200 2.600 3.500 5.500",
  close: "M6 6l12 12M18 6L6 18",
  reply: "M10 6L4 12l6 6M4 12h9c4 0 6.500 2 7 6",
  smile: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16M9 10v.01M15 10v.01M8.500 14c1 1.300 2.200 2 3.500 2s2.500-.7 3.500-2",
  chevron: "M6 9l6 6 6-6",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  comments: "M4 5h16v11H9l-5 4z",
  pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
  tab: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  info: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16M12 11v5M12 8v.01",
  keyboard: "M3 7h18v11H3zM7 11v.01M11 11v.01M15 11v.01M8 15h8",
  check: "M5 12.500l4.500 4.500L19 7.500",
  eye: "M2.500 12c2.500-4.500 5.700-6.500 9.500-6.500s7 2 9.500 6.500c-2.500 4.500-5.700 6.500-9.500 6.500s-7-2-9.500-6.500M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6",
  horn: "M4 10v4h3l8 4.500V5.500L7 10zM18.500 9.500a4 4 0 0 1 0 5",
  mail: "M3.500 6h17v12h-17zM4 6.500l8 6.500 8-6.500",
  star: "M12 4l2.400 5 5.600.7-4.100 3.800 1.100 5.500-5-2.700-5 2.700 1.100-5.500L4 9.700 9.600 9z",
};

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "on") for (const [kind, fn] of Object.entries(value)) element.addEventListener(kind, fn);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, value);
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("sbx-icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, click, extra = "") {
  return h(
    "button",
    { type: "button", class: `sbx-icon-button ${extra}`, title: label, "aria-label": label, on: { click } },
    icon(name),
  );
}

export function replace(element, ...children) {
  element.replaceChildren(...children.flat(3).filter((child) => child));
}

const TINTS = 7;

export function tint(id) {
  return Math.abs(Number(id)) % TINTS;
}

export function avatar(thing, extra = "") {
  const name = thing?.name || thing?.title || "?";
  const letters = name
    .replace(/[^\p{L}\p{N} ]/gu, " ")
    .trim()
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => [...word][0] || "")
    .join("")
    .toUpperCase();
  return h("span", { class: `sbx-avatar sbx-tint-${tint(thing?.id ?? 0)} ${extra}`, "aria-hidden": "true" }, letters || "•");
}

let openMenu = null;

export function closeMenu() {
  openMenu?.remove();
  openMenu = null;
}

// entries: {label, icon?, click, danger?} or {node}
export function menu(anchor, entries, root) {
  closeMenu();
  const items = entries.filter(Boolean).map((entry) =>
    entry.node
      ? entry.node
      : h(
          "button",
          {
            type: "button",
            role: "menuitem",
            class: `sbx-menu-item ${entry.danger ? "is-danger" : ""}`,
            on: {
              click: () => {
                closeMenu();
                entry.click();
              },
            },
          },
          entry.icon ? icon(entry.icon) : null,
          h("span", {}, entry.label),
          entry.hint ? h("small", {}, entry.hint) : null,
        ),
  );
  const box = h("div", { class: "sbx-menu", role: "menu" }, items);
  root.append(box);
  place(box, anchor.getBoundingClientRect(), root.getBoundingClientRect());
  openMenu = box;
  box.querySelector("button")?.focus({ preventScroll: true });
}

function place(box, at, frame) {
  const width = box.offsetWidth;
  const height = box.offsetHeight;
  let left = at.left - frame.left;
  let top = at.bottom - frame.top + 4;
  if (left + width > frame.width - 8) left = Math.max(8, at.right - frame.left - width);
  if (top + height > frame.height - 8) top = Math.max(8, at.top - frame.top - height - 4);
  box.style.setProperty("left", `${left}px`);
  box.style.setProperty("top", `${top}px`);
}

document.addEventListener("pointerdown", (event) => {
  if (openMenu && !openMenu.contains(event.target)) closeMenu();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenu();
});

// A sheet with a form; resolves with the values or null when dismissed.
export function sheet(root, { title, text, fields = [], body = null, submit, cancel, danger = false }) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "sbx-sheet" });
    const finish = (value) => {
      dialog.close();
      dialog.remove();
      resolve(value);
    };
    const inputs = fields.map(fieldRow);
    const form = h(
      "form",
      {
        on: {
          submit: (event) => {
            event.preventDefault();
            finish(Object.fromEntries(inputs.map(({ name, read }) => [name, read()])));
          },
        },
      },
      h("h2", {}, title),
      text ? h("p", {}, text) : null,
      body,
      inputs.map(({ row }) => row),
      h(
        "div",
        { class: "sbx-sheet-actions" },
        cancel ? h("button", { type: "button", class: "sbx-button is-quiet", on: { click: () => finish(null) } }, cancel) : null,
        submit ? h("button", { type: "submit", class: `sbx-button ${danger ? "is-danger" : ""}` }, submit) : null,
      ),
    );
    dialog.append(form);
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      finish(null);
    });
    dialog.addEventListener("pointerdown", (event) => {
      if (event.target === dialog) finish(null);
    });
    root.append(dialog);
    dialog.showModal();
    dialog.querySelector("input, select, [type=submit]")?.focus();
    dialog.finish = finish;
  });
}

function fieldRow(field) {
  if (field.type === "checkbox") {
    const box = h("input", { type: "checkbox", checked: field.value });
    return { name: field.name, read: () => box.checked, row: h("label", { class: "sbx-check" }, box, h("span", {}, field.label)) };
  }
  if (field.type === "choice") {
    const select = h("select", { class: "sbx-input" }, field.options.map(([value, label]) => h("option", { value }, label)));
    if (field.value) select.value = field.value;
    return { name: field.name, read: () => select.value, row: h("label", { class: "sbx-field" }, h("span", {}, field.label), select) };
  }
  if (field.type === "many") {
    const boxes = field.options.map(([value, label]) => [value, h("input", { type: "checkbox" }), label]);
    return {
      name: field.name,
      read: () => boxes.filter(([, box]) => box.checked).map(([value]) => value),
      row: h(
        "fieldset",
        { class: "sbx-many" },
        h("legend", {}, field.label),
        boxes.map(([, box, label]) => h("label", { class: "sbx-check" }, box, h("span", {}, label))),
      ),
    };
  }
  const input = h("input", {
    class: "sbx-input",
    type: field.type || "text",
    value: field.value || "",
    placeholder: field.placeholder || "",
    maxlength: field.max || 255,
    required: field.required,
    autocomplete: "off",
  });
  return { name: field.name, read: () => input.value.trim(), row: h("label", { class: "sbx-field" }, h("span", {}, field.label), input) };
}

export function toast(root, text, kind = "") {
  const box = h("div", { class: `sbx-toast ${kind}`, role: "status" }, text);
  root.append(box);
  setTimeout(() => box.classList.add("is-leaving"), 3200);
  setTimeout(() => box.remove(), 3600);
}
