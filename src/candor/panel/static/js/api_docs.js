// Search and "try it" on the API page.
(() => {
  const search = document.getElementById("search");
  const form = document.querySelector("[data-operations-search]");
  form?.addEventListener("submit", (event) => event.preventDefault());
  search?.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    document.querySelectorAll("[data-group]").forEach((group) => {
      let any = false;
      group.querySelectorAll("[data-operation]").forEach((item) => {
        const fits = words.every((word) => item.dataset.words.includes(word));
        item.hidden = !fits;
        any ||= fits;
      });
      group.hidden = !any;
    });
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-try]");
    if (!button) return;
    const place = button.closest("[data-method]");
    const status = place.querySelector("[data-status]");
    const shown = place.querySelector("[data-answer]");
    let path = place.dataset.path;
    const query = new URLSearchParams();
    const headers = { "X-CSRF-Token": window.candor.csrf, Accept: "application/json" };
    place.querySelectorAll("[data-parameter]").forEach((field) => {
      if (field.dataset.in === "path") path = path.replace(`{${field.dataset.parameter}}`, encodeURIComponent(field.value || "0"));
      else if (field.value && field.dataset.in === "query") query.set(field.dataset.parameter, field.value);
      else if (field.value) headers[field.dataset.parameter] = field.value;
    });
    const body = place.querySelector("[data-body]");
    if (body) headers["Content-Type"] = "application/json";
    status.textContent = "…";
    const started = performance.now();
    try {
      const answer = await fetch(`${path}${query.size ? `?${query}` : ""}`, { method: place.dataset.method, headers, body: body?.value, credentials: "same-origin" });
      const text = await answer.text();
      status.textContent = `${answer.status} · ${Math.round(performance.now() - started)} ms`;
      let pretty = text;
      try { pretty = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it is */ }
      shown.textContent = pretty.slice(0, 20000);
      shown.hidden = false;
    } catch (error) {
      status.textContent = String(error);
    }
  });

  if (window.location.hash) document.getElementById(window.location.hash.slice(1))?.setAttribute("open", "");
})();
