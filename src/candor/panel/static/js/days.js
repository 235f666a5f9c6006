// A day of the figures ("2026-03-02") as the reader writes it: "2 Mar" or "2 мар.".
window.candorDays = (() => {
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const short = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
  return (days) => days.map((day) => short.format(new Date(`${day}T00:00:00Z`)));
})();
