// Draws the cost by day from the figures that stand in the page; redraws with the colours.
document.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("chart-spend");
  if (!place || !window.Chart) return;
  const lines = JSON.parse(place.dataset.lines).lines;
  const words = JSON.parse(place.dataset.words);
  const days = [...new Set(lines.map((line) => line.day))].sort();
  const purposes = Object.keys(words).filter((name) => lines.some((line) => line.purpose === name));
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  let chart = null;

  function draw() {
    if (chart) chart.destroy();
    Chart.defaults.color = colour("--c-ink-soft");
    Chart.defaults.borderColor = colour("--c-line");
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    const shades = { reply: colour("--c-accent"), group: colour("--c-info"), post: "#d98a00", comment: "#8a63d2" };
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const sum = (day, name) => lines.filter((line) => line.day === day && line.purpose === name).reduce((all, line) => all + Number(line.cost), 0);
    chart = new Chart(place, {
      type: "bar",
      data: { labels: window.candorDays(days), datasets: purposes.map((name) => ({ label: words[name], data: days.map((day) => sum(day, name)), backgroundColor: shades[name], borderRadius: 4, maxBarThickness: 40 })) },
      options: { responsive: true, maintainAspectRatio: false, animation: still ? false : { duration: 250 }, interaction: { mode: "index", intersect: false }, plugins: { legend: { position: "bottom", labels: { usePointStyle: true, boxHeight: 6 } }, tooltip: { callbacks: { label: (item) => `${item.dataset.label}: $${item.parsed.y.toFixed(4)}` } } }, scales: { x: { stacked: true, grid: { display: false } }, y: { stacked: true, beginAtZero: true, ticks: { callback: (value) => `$${value}` } } } },
    });
  }
  draw();
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
});
