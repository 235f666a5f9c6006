// Draws the dashboard's charts from the figures that stand in the page; redraws with the colours.
document.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("charts");
  if (!place || !window.Chart) return;
  const figures = document.getElementById("stats");
  let stats = JSON.parse(figures.dataset.stats);
  const words = JSON.parse(place.dataset.words);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  let charts = [];

  function draw() {
    charts.forEach((chart) => chart.destroy());
    const ink = colour("--c-ink-soft"), line = colour("--c-line"), accent = colour("--c-accent"), warm = "#d98a00", cool = colour("--c-info");
    Chart.defaults.color = ink;
    Chart.defaults.borderColor = line;
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const common = { responsive: true, maintainAspectRatio: false, animation: still ? false : { duration: 250 }, interaction: { mode: "index", intersect: false } };
    const series = (key, shade) => ({ label: words[key], data: stats.days.map((day) => day[key]), borderColor: shade, backgroundColor: shade, borderWidth: 2, pointRadius: stats.days.length > 40 ? 0 : 2.5, tension: 0.25 });
    charts = [
      new Chart(document.getElementById("chart-days"), {
        type: "line",
        data: { labels: window.candorDays(stats.days.map((day) => day.day)), datasets: [series("dialogues", accent), series("agreements", warm), series("clicks", cool)] },
        options: { ...common, plugins: { legend: { position: "bottom", labels: { usePointStyle: true, boxHeight: 6 } } }, scales: { y: { beginAtZero: true, ticks: { precision: 0 } }, x: { grid: { display: false }, ticks: { maxRotation: 0, autoSkipPadding: 14 } } } },
      }),
      new Chart(document.getElementById("chart-shares"), {
        type: "bar",
        data: {
          labels: [words.script_80, words.free_20, words.ai, words.human],
          datasets: [{ data: [stats.strategies.script_80 ?? 0, stats.strategies.free_20 ?? 0, stats.authors.ai ?? 0, stats.authors.human ?? 0], backgroundColor: [accent, cool, accent, warm], borderRadius: 5, maxBarThickness: 26 }],
        },
        options: { ...common, indexAxis: "y", plugins: { legend: { display: false } }, scales: { x: { beginAtZero: true, ticks: { precision: 0 } }, y: { grid: { display: false } } } },
      }),
    ];
  }
  draw();
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  // New figures have come: see live.js.
  new MutationObserver(() => { stats = JSON.parse(figures.dataset.stats); draw(); }).observe(figures, { attributes: true });
});
