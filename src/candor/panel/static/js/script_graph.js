// The graph of a script: steps in rows by their distance from the first, ways between them, triggers.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 172, HEIGHT = 46, GAP_X = 36, GAP_Y = 52;
  const make = (name, attributes = {}, text = "") => {
    const element = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    if (text) element.textContent = text;
    return element;
  };
  const short = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

  function ranks(steps) {
    const rank = new Map([[steps[0].key, 0]]);
    const waiting = [steps[0].key];
    const byKey = new Map(steps.map((step) => [step.key, step]));
    while (waiting.length) {
      const key = waiting.shift();
      (byKey.get(key)?.next ?? []).forEach((rule) => {
        if (byKey.has(rule.to) && !rank.has(rule.to)) {
          rank.set(rule.to, rank.get(key) + 1);
          waiting.push(rule.to);
        }
      });
    }
    const last = Math.max(...rank.values()) + 1;
    const lost = steps.filter((step) => !rank.has(step.key)).map((step) => step.key);
    lost.forEach((key) => rank.set(key, last));
    return { rank, lost: new Set(lost) };
  }

  window.CandorGraph = {
    draw(place, doc, { words, onChoose }) {
      place.replaceChildren();
      const steps = doc?.steps ?? [];
      if (!steps.length) return;
      const { rank, lost } = ranks(steps);
      const jumped = new Set((doc.triggers ?? []).map((item) => item.step).filter(Boolean));
      const rows = [];
      steps.forEach((step) => { (rows[rank.get(step.key)] ??= []).push(step); });
      const triggers = doc.triggers ?? [];
      const columns = Math.max(...rows.filter(Boolean).map((row) => row.length));
      const stepsWidth = columns * (WIDTH + GAP_X);
      const width = stepsWidth + (triggers.length ? WIDTH + 60 : 0) + 20;
      const height = Math.max(rows.length * (HEIGHT + GAP_Y), triggers.length * (HEIGHT + 14)) + 20;
      const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "presentation" });
      const defs = make("defs");
      const marker = make("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" });
      marker.append(make("path", { d: "M0 0L8 4L0 8z", class: "arrow" }));
      defs.append(marker);
      svg.append(defs);
      const at = new Map();
      rows.forEach((row, y) => row?.forEach((step, x) => {
        const left = 10 + (stepsWidth - row.length * (WIDTH + GAP_X)) / 2 + x * (WIDTH + GAP_X);
        at.set(step.key, { x: left, y: 10 + y * (HEIGHT + GAP_Y) });
      }));
      triggers.forEach((item, index) => at.set(`trigger ${item.key}`, { x: stepsWidth + 50, y: 10 + index * (HEIGHT + 14) }));
      const edge = (from, to, back) => {
        const a = at.get(from), b = at.get(to);
        if (!a || !b) return;
        const sx = a.x + WIDTH / 2, sy = a.y + HEIGHT, tx = b.x + WIDTH / 2, ty = b.y;
        const d = back
          ? `M${a.x + WIDTH} ${a.y + HEIGHT / 2}C${a.x + WIDTH + 46} ${a.y + HEIGHT / 2} ${b.x + WIDTH + 46} ${b.y + HEIGHT / 2} ${b.x + WIDTH} ${b.y + HEIGHT / 2}`
          : `M${sx} ${sy}C${sx} ${sy + GAP_Y * 0.6} ${tx} ${ty - GAP_Y * 0.6} ${tx} ${ty}`;
        svg.append(make("path", { d, class: back ? "edge is-back" : "edge", "marker-end": "url(#arrow)" }));
      };
      steps.forEach((step) => (step.next ?? []).forEach((rule) => edge(step.key, rule.to, (rank.get(rule.to) ?? 0) <= rank.get(step.key))));
      const node = (key, label, sub, classes, target) => {
        const place = at.get(key);
        const group = make("g", { class: `node ${classes}`, tabindex: "0", role: "button", "aria-label": `${label}. ${sub}`, transform: `translate(${place.x} ${place.y})` });
        group.append(make("rect", { width: WIDTH, height: HEIGHT, rx: 9 }));
        group.append(make("text", { x: 11, y: 19 }, short(label, 20)));
        group.append(make("text", { x: 11, y: 35, class: "sub" }, short(sub, 25)));
        group.append(make("title", {}, `${label}\n${sub}`));
        const choose = () => onChoose(target);
        group.addEventListener("click", choose);
        group.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); } });
        svg.append(group);
      };
      steps.forEach((step, index) => {
        const isLost = lost.has(step.key) && !jumped.has(step.key);
        node(step.key, step.title || step.key, isLost ? words.unreached : (step.say ?? step.task ?? "").replace(/\s+/g, " "), `${index === 0 ? "is-first" : ""} ${isLost ? "is-lost" : ""}`, step.key);
      });
      triggers.forEach((item) => node(`trigger ${item.key}`, `⚡ ${item.key}`, `${item.action}${item.script || item.step ? ` → ${item.script || item.step}` : ""}`, "is-trigger", item.key));
      place.append(svg);
    },
  };
})();
