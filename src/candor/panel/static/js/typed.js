// What somebody has typed outlives the end of their session: kept in this tab, for the same person
// and page, until they have signed in again. Passwords and files are never kept.
(() => {
  const KEY = "candor-typed", MOST = 200_000;
  const person = document.querySelector('meta[name="candor-person"]')?.content ?? "";
  const KEPT = "main textarea[id], main input[id]:is([type=text], :not([type]), [type=url], [type=number])";
  const read = () => { try { return JSON.parse(sessionStorage.getItem(KEY)); } catch { return null; } };

  // On the way out nobody knows yet what the next page is: only the sign-in leaves it in place.
  if (person) {
    window.addEventListener("pagehide", () => {
      const typed = [...document.querySelectorAll(KEPT)].filter((field) => field.value !== field.defaultValue).map((field) => [field.id, field.value]);
      const text = JSON.stringify({ person, path: window.location.pathname, typed });
      if (typed.length && text.length < MOST) sessionStorage.setItem(KEY, text); else sessionStorage.removeItem(KEY);
    });
  }

  const kept = read();
  if (!kept) return;
  if (!person) {
    sessionStorage.setItem(KEY, JSON.stringify({ ...kept, signedOut: true }));
    return;
  }
  sessionStorage.removeItem(KEY);
  if (!kept.signedOut || kept.person !== person || kept.path !== window.location.pathname) return;
  window.addEventListener("load", () => kept.typed.forEach(([id, value]) => {
    const field = document.getElementById(id);
    if (!field || field.readOnly) return;
    field.value = value;
    field.closest("details")?.setAttribute("open", "");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    document.dispatchEvent(new CustomEvent("candor:typed", { detail: { id, value } }));
  }));
})();
