// Small behaviours that every page shares. No inline code anywhere: see the content policy.
(() => {
  const csrf = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  // Once: two parts of a page may be refused at the same time, and the person may be typing already.
  let isLeaving = false;
  const signedOut = () => {
    if (!isLeaving) window.location.reload();
    isLeaving = true;
  };
  window.candor = {
    csrf,
    announce(text) {
      const place = document.getElementById("announcer");
      if (place) place.textContent = text;
    },
    // fetch with the CSRF token; throws the problem of a failed answer, in the reader's language.
    async call(method, address, body, headers = {}) {
      const answer = await fetch(address, {
        method,
        credentials: "same-origin",
        headers: { "X-CSRF-Token": csrf, "X-Candor-Page": "1", Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await answer.text();
      let value = null;
      try { value = text ? JSON.parse(text) : null; } catch { value = { detail: text.slice(0, 300) }; }
      if (answer.status === 401) signedOut();
      if (!answer.ok) throw Object.assign(new Error(value?.detail ?? answer.statusText), { status: answer.status, problem: value ?? {} });
      return value;
    },
  };

  // Of tabs that do not fit, the chosen one is seen.
  document.querySelectorAll(".nav-tabs .active").forEach((tab) => { const row = tab.closest(".nav-tabs"); row.scrollLeft = tab.offsetLeft - row.offsetLeft - 16; });

  // A notice belongs to one visit: take it out of the address.
  const here = new URL(window.location.href);
  if (here.searchParams.has("notice")) {
    here.searchParams.delete("notice");
    window.history.replaceState(null, "", here);
  }

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRF-Token"] = csrf;
  });

  // The server is away: say so, and say when it is back.
  const note = document.getElementById("offline-note");
  const reachable = (is) => { if (note) note.hidden = is; };
  document.addEventListener("htmx:sendError", () => reachable(false));
  document.addEventListener("htmx:timeout", () => reachable(false));
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status >= 500) reachable(false);
    if (event.detail.xhr.status === 401) signedOut();
  });
  document.addEventListener("htmx:afterOnLoad", () => reachable(true));
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) reachable(true); });

  // <details data-open-wide>: open where there is room for it.
  if (window.matchMedia("(min-width: 992px)").matches) document.querySelectorAll("details[data-open-wide]").forEach((part) => { part.open = true; });

  // A page that could not be read tries again by itself.
  if (document.querySelector("[data-retry]")) {
    const again = async () => {
      try {
        if ((await fetch("/readyz", { credentials: "same-origin" })).ok) { window.location.reload(); return; }
      } catch { /* not yet */ }
      setTimeout(again, 2000);
    };
    setTimeout(again, 2000);
  }

  // <form data-filters>: send on change, without empty fields in the address.
  document.querySelectorAll("form[data-filters]").forEach((form) => {
    form.addEventListener("change", (event) => { if (event.target.type !== "search") form.requestSubmit(); });
    form.addEventListener("submit", () => {
      form.querySelectorAll("input, select").forEach((field) => { if (!field.value) field.disabled = true; });
    });
  });

  // <button data-copy="#id">
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.querySelector(button.dataset.copy);
    await navigator.clipboard.writeText(source?.value ?? source?.textContent ?? "");
    window.candor.announce(button.dataset.copied ?? "✓");
    button.classList.add("is-done");
    setTimeout(() => button.classList.remove("is-done"), 1500);
  });

  // A form that is sent once is not sent twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method?.toLowerCase() !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });

  // Dialogues: start at the newest message, and stay there while it is in view.
  const thread = document.querySelector("[data-thread]");
  if (thread && !window.location.search.includes("before=")) {
    const toEnd = () => { thread.scrollTop = thread.scrollHeight; };
    toEnd();
    let atEnd = true;
    thread.addEventListener("scroll", () => { atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80; });
    document.addEventListener("htmx:afterSettle", () => { if (atEnd) toEnd(); });
  }
  document.querySelectorAll("textarea[data-grow]").forEach((area) => {
    const grow = () => { area.style.height = "auto"; area.style.height = `${Math.min(area.scrollHeight + 2, 240)}px`; };
    area.addEventListener("input", grow);
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) area.form?.requestSubmit();
    });
  });
  // <button data-fill="#textarea" data-text="…">: canned answers.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    const field = document.querySelector(button.dataset.fill);
    if (!field) return;
    field.value = button.dataset.text ?? "";
    field.dispatchEvent(new Event("input"));
    field.focus();
  });

  // Lists on a phone: each cell says its column (see candor.css).
  const labelCells = () => document.querySelectorAll(".is-flush table").forEach((table) => {
    const names = [...table.querySelectorAll(":scope > thead th")].map((head) => (head.querySelector(".visually-hidden") ? "" : head.textContent.trim()));
    table.querySelectorAll(":scope > tbody > tr").forEach((row) => [...row.cells].forEach((cell, place) => { if (names[place]) cell.dataset.label = names[place]; }));
  });
  labelCells();
  document.addEventListener("htmx:afterSettle", labelCells);
})();
