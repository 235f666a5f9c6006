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

  // The ways on of a step; a lesson without any is followed by the one written below it.
  const waysOn = (doc, step, index) => {
    const ways = (step.next ?? []).map((rule) => rule.to);
    const below = doc.steps[index + 1];
    return doc.kind === "education" && !ways.length && below ? [below.key] : ways;
  };

  // Rows by distance from the first step; `beside`: where only a trigger leads; `lost`: nothing does.
  function ranks(doc) {
    const steps = doc.steps;
    const places = new Map(steps.map((step, index) => [step.key, index]));
    const jumped = new Set((doc.triggers ?? []).map((item) => item.step).filter(Boolean));
    const rank = new Map([[steps[0].key, 0]]);
    const waiting = [steps[0].key];
    while (waiting.length) {
      const key = waiting.shift();
      waysOn(doc, steps[places.get(key)], places.get(key)).forEach((to) => {
        if (!places.has(to) || rank.has(to) || (jumped.has(key) && !rank.has(key))) return;
        rank.set(to, rank.get(key) + 1);
        waiting.push(to);
      });
    }
    const rest = steps.filter((step) => !rank.has(step.key)).map((step) => step.key);
    const beside = rest.filter((key) => jumped.has(key));
    const lost = rest.filter((key) => !jumped.has(key));
    const last = Math.max(...rank.values()) + 1;
    lost.forEach((key, index) => rank.set(key, last + index));
    return { rank, beside, lost: new Set(lost) };
  }

  window.CandorGraph = {
    draw(place, doc, { words, onChoose }) {
      place.replaceChildren();
      const steps = doc?.steps ?? [];
      if (!steps.length) return;
      const { rank, beside, lost } = ranks(doc);
      const rows = [];
      steps.filter((step) => rank.has(step.key)).forEach((step) => { (rows[rank.get(step.key)] ??= []).push(step); });
      const triggers = doc.triggers ?? [];
      const columns = Math.max(...rows.filter(Boolean).map((row) => row.length));
      const stepsWidth = columns * (WIDTH + GAP_X);
      const at = new Map();
      rows.forEach((row, y) => row?.forEach((step, x) => at.set(step.key, { x: 10 + x * (WIDTH + GAP_X), y: 10 + y * (HEIGHT + GAP_Y) })));
      triggers.forEach((item, index) => at.set(`trigger ${item.key}`, { x: stepsWidth + 10, y: 10 + index * (HEIGHT + 14) }));
      // Where a trigger leads stands at its side.
      let free = 10;
      beside.forEach((key) => {
        const first = triggers.find((item) => item.step === key);
        const y = Math.max(free, at.get(`trigger ${first.key}`).y);
        at.set(key, { x: stepsWidth + WIDTH + GAP_X + 10, y });
        free = y + HEIGHT + 14;
      });
      const width = stepsWidth + (triggers.length ? WIDTH + GAP_X : 0) + (beside.length ? WIDTH + GAP_X : 0) + 10;
      const height = Math.max(...[...at.values()].map((point) => point.y)) + HEIGHT + 12;
      const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "presentation" });
      const defs = make("defs");
      const marker = make("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" });
      marker.append(make("path", { d: "M0 0L8 4L0 8z", class: "arrow" }));
      defs.append(marker);
      svg.append(defs);
      const edge = (from, to, back) => {
        const a = at.get(from), b = at.get(to);
        if (!a || !b) return;
        const sx = a.x + WIDTH / 2, sy = a.y + HEIGHT, tx = b.x + WIDTH / 2, ty = b.y;
        const d = back
          ? `M${a.x + WIDTH} ${a.y + HEIGHT / 2}C${a.x + WIDTH + 46} ${a.y + HEIGHT / 2} ${b.x + WIDTH + 46} ${b.y + HEIGHT / 2} ${b.x + WIDTH} ${b.y + HEIGHT / 2}`
          : `M${sx} ${sy}C${sx} ${sy + GAP_Y * 0.6} ${tx} ${ty - GAP_Y * 0.6} ${tx} ${ty}`;
        svg.append(make("path", { d, class: back ? "edge is-back" : "edge", "marker-end": "url(#arrow)" }));
      };
      const across = (from, to) => {
        const a = at.get(from), b = at.get(to);
        if (!a || !b) return;
        const right = b.x > a.x, sx = a.x + (right ? WIDTH : 0), tx = b.x + (right ? 0 : WIDTH), sy = a.y + HEIGHT / 2, ty = b.y + HEIGHT / 2, bend = (tx - sx) / 2;
        svg.append(make("path", { d: `M${sx} ${sy}C${sx + bend} ${sy} ${tx - bend} ${ty} ${tx} ${ty}`, class: "edge is-jump", "marker-end": "url(#arrow)" }));
      };
      steps.forEach((step, index) => waysOn(doc, step, index).forEach((to) => {
        if (!rank.has(step.key) || !rank.has(to)) across(step.key, to);
        else edge(step.key, to, rank.get(to) <= rank.get(step.key));
      }));
      triggers.forEach((item) => { if (item.step) across(`trigger ${item.key}`, item.step); });
      const node = (key, label, sub, classes, target) => {
        const place = at.get(key);
        const group = make("g", { class: `node ${classes}`, tabindex: "0", role: "button", transform: `translate(${place.x} ${place.y})` });
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
        const isLost = lost.has(step.key);
        node(step.key, step.title || step.key, isLost ? words.unreached : (step.say ?? step.task ?? "").replace(/\s+/g, " "), `${index === 0 ? "is-first" : ""} ${isLost ? "is-lost" : ""}`, step.key);
      });
      triggers.forEach((item) => node(`trigger ${item.key}`, `⚡ ${item.key}`, `${words.actions[item.action] ?? item.action}${item.script || item.step ? ` → ${item.script || item.step}` : ""}`, "is-trigger", item.key));
      place.append(svg);
    },
  };
})();
