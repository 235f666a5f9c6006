// Live pages: once a second the page asks for itself and renews the parts that its template names.
(() => {
  const pulse = document.getElementById("pulse");
  if (!pulse) return;
  const MARK = "X-Live-Mark";
  let mark = "";

  // A worker's clock goes on in a tab that nobody looks at: somebody may have asked to be told there.
  const isWanted = () => !document.hidden || ("Notification" in window && Notification.permission === "granted");
  const beat = () => { if (isWanted()) window.htmx.trigger(pulse, "beat"); };
  const clock = new Worker(pulse.dataset.clock);
  clock.addEventListener("message", beat);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && pulse.isConnected) beat(); });

  pulse.addEventListener("htmx:configRequest", (event) => { event.detail.headers[MARK] = mark; });
  pulse.addEventListener("htmx:afterRequest", (event) => { mark = event.detail.xhr.getResponseHeader(MARK) ?? mark; });

  // What the page showed was deleted elsewhere: say so, show none of it any more, and ask no further.
  pulse.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.xhr.getResponseHeader("X-Live-Gone")) return;
    clock.terminate();
    pulse.remove();
    document.querySelectorAll(".modal.show").forEach((open) => window.bootstrap.Modal.getInstance(open)?.hide());
    document.querySelector("main").replaceChildren(document.getElementById("gone").content.cloneNode(true));
    window.candor.announce(document.querySelector("main h2").textContent);
  });

  // What a person has begun stays as it is: a half-written text, an open dialog or menu.
  const isTyped = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
    const first = Math.max([...field.options].findIndex((option) => option.defaultSelected), 0);
    return field.selectedIndex !== first;
  };
  const BEGUN = ".modal.show, .modal[aria-modal], .dropdown-menu.show";
  const isBegun = (node) => node.nodeType === Node.ELEMENT_NODE
    && (node.matches(BEGUN) || node.querySelector(BEGUN) !== null || [...node.querySelectorAll("input, textarea, select")].some(isTyped));
  const callbacks = window.Idiomorph.defaults.callbacks;
  callbacks.beforeNodeMorphed = (node) => !(node.matches?.(`form, ${BEGUN}`) && isBegun(node));
  callbacks.beforeNodeRemoved = (node) => !isBegun(node);
  callbacks.beforeAttributeUpdated = (name, node) => !(name === "data-sent" || name === "data-label" || (name === "open" && node.tagName === "DETAILS"));

  // Nothing moves away from under the pointer: what comes above pushes the page up instead.
  let held = null;
  let top = 0;
  pulse.addEventListener("htmx:beforeSwap", () => {
    held = document.querySelector("main :is(a, button):hover");
    top = held?.getBoundingClientRect().top ?? 0;
  });
  pulse.addEventListener("htmx:afterSettle", () => {
    if (held?.isConnected) window.scrollBy(0, held.getBoundingClientRect().top - top);
    tell();
  });

  // A browser notification when a dialogue begins to wait for a person and nobody looks here.
  const notify = document.getElementById("notify");
  const count = () => Number(document.getElementById("waiting")?.dataset.count ?? 0);
  let known = count();
  const tell = () => {
    const now = count();
    if (now > known && document.hidden && "Notification" in window && Notification.permission === "granted") {
      const { title, text, address } = document.getElementById("waiting").dataset;
      const told = new Notification(title, { body: text, tag: "candor-waiting", renotify: true });
      told.onclick = () => { window.focus(); window.location.assign(address); };
    }
    known = now;
  };
  if (notify && "Notification" in window) {
    notify.hidden = Notification.permission !== "default";
    notify.addEventListener("click", async () => { notify.hidden = (await Notification.requestPermission()) !== "default"; });
  }
})();
