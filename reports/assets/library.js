"use strict";
/* The library page: search, filters and sorting, all kept in the address; cards are made as they come into view. */
(() => {
  const STATES = ["running", "waiting", "failed", "quarantined", "cancelled", "done"];
  const UNDER_WAY = ["seen", "settling", "waiting", "queued", "running"];
  const CHUNK = 60;
  const RELOAD_MILLISECONDS = 10_000;
  const KINDS = { dcp: "DCP", imf: "IMF", file: "File" };
  const ORDERS = {
    date: ["newest first", (a, b) => b.analysed.localeCompare(a.analysed)],
    name: ["by name", (a, b) => a.name.localeCompare(b.name, "en", { numeric: true })],
    length: ["longest first", (a, b) => (b.seconds ?? 0) - (a.seconds ?? 0)],
    shots: ["most shots first", (a, b) => (b.shots ?? 0) - (a.shots ?? 0)],
  };
  const cards = document.getElementById("cards");
  const count = document.getElementById("count");
  const form = document.getElementById("controls");
  const fields = Object.fromEntries([...form.querySelectorAll("input, select")].map((field) => [field.name, field]));
  let entries = [];
  let shown = [];
  let turn = 0;
  let address = ""; // of the shots asked for, in a title's page

  const anyOf = (value, of) => {
    const wanted = value.split(",").map((word) => word.replaceAll("_", " "));
    return (entry) => of(entry).some((each) => wanted.includes(each.toLowerCase().replaceAll("_", " ")));
  };

  /* What is asked of shots, all of which one shot must fit, as in `reelwatch search`. An entry tells only whether any
     of a title's shots fits a term. Where that leaves the answer open, the shots themselves are loaded (looking.js). */
  const ofTitles = {
    kind: (value) => anyOf(value, (entry) => [entry.kind]),
    state: (value) => anyOf(value, (entry) => [entry.state]),
  };
  const mayFit = {
    tag: (value) => anyOf(value, (entry) => entry.tags),
    scale: (value) => anyOf(value, (entry) => entry.scales),
    setting: (value) => {
      const wanted = Object.values(reelwatch.readSetting(value));
      return (entry) => wanted.every((words) => words.some((word) => entry.settings.includes(word)));
    },
    beat: (value) => anyOf(value, (entry) => entry.beats),
    movement: (value) => anyOf(value, (entry) => entry.movements),
    len: () => () => true,
    unsure: (value) => (entry) => entry.unsure || value === "false",
  };
  const settles = {
    setting: (value) => Object.keys(reelwatch.readSetting(value)).length === 1,
    len: () => false,
    unsure: (value) => value === "true",
  };
  const NO_SHOTS = { tags: [], beats: [], scale: [], place: [], time: [], movement: [], length: [], unsure: [], rate: [1, 1] };
  const words = (word) => (entry) => entry.text.includes(word);

  /* The search field and the choices as {test, problem, asked: [[term, value]], open: whether shots must be looked at}. */
  function readControls() {
    const asked = [];
    const known = reelwatch.shotTerms(NO_SHOTS);
    const ask = (name) => (value) => {
      const problem = known[name](value);
      if (typeof problem === "string") return problem;
      asked.push([name, value]);
      const may = mayFit[name](value);
      return (entry) => entry.state === "done" && may(entry);
    };
    const terms = { ...Object.fromEntries(Object.keys(mayFit).map((name) => [name, ask(name)])), ...ofTitles };
    const query = reelwatch.readQuery(fields.q.value, terms, words);
    if (query.problem) asked.length = 0;
    const chosen = ["kind", "state", "scale", "setting", "tag"].filter((name) => fields[name].value);
    const tests = chosen.map((name) => terms[name](fields[name].value.toLowerCase()));
    const open = asked.length > 1 || asked.some(([name, value]) => !(settles[name]?.(value) ?? true));
    return { test: (entry) => query.test(entry) && tests.every((test) => test(entry)), problem: query.problem, asked, open };
  }

  /* Called by library-data.js, now and whenever it is loaded again. */
  window.reelwatchLibrary = (data) => {
    const jobs = data.jobs.map((job) => ({ ...job, state: stateOf(job.state), step: job.state }));
    const titles = data.titles.map((title) => ({ ...title, state: "done" }));
    entries = [...jobs, ...titles];
    for (const entry of entries) {
      const said = [entry.name, entry.path, entry.reason, entry.tags, entry.scales, entry.settings, entry.beats];
      entry.text = said.flat().filter(Boolean).join(" ").replaceAll("_", " ").toLowerCase();
    }
    offer("kind", new Set(entries.map((entry) => entry.kind)), (kind) => KINDS[kind] ?? kind);
    offer("state", STATES.filter((state) => entries.some((entry) => entry.state === state)));
    offer("scale", new Set(entries.flatMap((entry) => entry.scales ?? [])));
    offer("setting", new Set(entries.flatMap((entry) => entry.settings ?? [])));
    offer("tag", [...new Set(entries.flatMap((entry) => entry.tags ?? []))].sort(), (tag) => tag.replaceAll("_", " "));
    readAddress();
    update();
    if (jobs.some((job) => UNDER_WAY.includes(job.step))) setTimeout(reload, RELOAD_MILLISECONDS);
  };

  function stateOf(step) {
    return UNDER_WAY.includes(step) && step !== "running" ? "waiting" : step;
  }

  function reload() {
    const script = document.createElement("script");
    script.src = `library-data.js?at=${Date.now()}`;
    script.addEventListener("load", () => script.remove());
    document.head.append(script);
  }

  function offer(name, values, text = (value) => value) {
    const all = fields[name].options[0];
    fields[name].replaceChildren(all, ...[...values].map((value) => new Option(text(value), value)));
  }

  function readAddress() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    for (const [name, field] of Object.entries(fields)) {
      field.value = wanted.get(name) ?? "";
      if (field.tagName === "SELECT" && field.selectedIndex < 0) field.selectedIndex = 0;
    }
  }

  function writeAddress() {
    const wanted = new URLSearchParams();
    for (const [name, field] of Object.entries(fields)) if (field.value) wanted.set(name, field.value);
    const text = wanted.toString();
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  }

  async function update() {
    const mine = ++turn;
    const { test, problem, asked, open } = readControls();
    const found = entries.filter(test).sort(ORDERS[fields.sort.value || "date"][1]);
    const terms = asked.map(([name, value]) => `${name}:${/\s/.test(value) ? `"${value}"` : value}`);
    address = terms.length ? `#q=${encodeURIComponent(terms.join(" "))}` : "";
    shown = open ? [] : found;
    count.classList.toggle("problem", Boolean(problem));
    const focused = cards.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    cards.replaceChildren();
    more();
    tell(problem, open ? found.length : 0);
    if (open) {
      for await (const [entry, left] of reelwatch.look(found, asked, () => turn === mine)) {
        if (entry) shown.push(entry);
        if (cards.childElementCount < CHUNK) more();
        tell(problem, left);
      }
    }
    if (focused && turn === mine) cards.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }

  function tell(problem, left) {
    const all = entries.length.toLocaleString("en");
    const some = shown.length === entries.length ? `${all} in all` : `${shown.length.toLocaleString("en")} of ${all}`;
    count.textContent = problem || (left ? `${some}, ${left.toLocaleString("en")} to look at` : some);
    const nothing = document.getElementById("nothing");
    nothing.hidden = shown.length > 0 || left > 0;
    nothing.textContent = entries.length
      ? "Nothing fits. Take a filter away, or search for another word."
      : "The library is empty. Drop a delivery into a watched folder.";
  }

  function more() {
    const start = cards.childElementCount;
    cards.append(...shown.slice(start, start + CHUNK).map(card));
  }

  function make(tag, look, ...content) {
    const element = document.createElement(tag);
    if (look) element.className = look;
    element.append(...content);
    return element;
  }

  function card(entry) {
    const name = make("bdi", "", entry.name);
    const head = entry.slug ? make("a", "name", name) : make("span", "name", name);
    if (entry.slug) head.href = `${entry.slug}/index.html${address}`;
    const item = make("li", `card-of ${entry.state}`, picture(entry), make("h2", "", head), facts(entry));
    if (entry.state === "done") item.append(tags(entry));
    else item.append(...trouble(entry));
    return item;
  }

  function picture(entry) {
    const frame = make("div", "poster");
    if (entry.poster) {
      const image = make("img");
      image.src = `../thumbnails/${entry.slug}/${entry.poster}`;
      image.alt = "";
      image.loading = "lazy";
      image.decoding = "async";
      image.width = 384;
      image.height = Math.round((384 * (entry.height || 9)) / (entry.width || 16));
      frame.append(image);
    } else {
      const running = entry.state === "running" ? ` ${Math.round(100 * entry.progress)} %` : "";
      frame.append(make("span", `state ${entry.step ? entry.state : ""}`, `${entry.step ?? "no picture"}${running}`));
    }
    return frame;
  }

  function facts(entry) {
    const said = [
      KINDS[entry.kind] ?? entry.kind,
      entry.seconds !== undefined && reelwatch.duration(entry.seconds),
      entry.shots && `${entry.shots.toLocaleString("en")} ${entry.shots === 1 ? "shot" : "shots"}`,
      entry.analysed.slice(0, 10),
    ];
    const line = make("p", "muted", said.filter(Boolean).join(" · "));
    if (entry.findings?.[0]) line.append(" ", make("span", "state failed", `${entry.findings[0]} errors`));
    return line;
  }

  function tags(entry) {
    const chips = entry.tags.slice(0, 4).map((tag) => {
      const chip = make("button", "tag", tag.replaceAll("_", " "));
      chip.type = "button";
      chip.addEventListener("click", () => choose("tag", tag));
      return chip;
    });
    return make("p", "tags", ...chips);
  }

  function trouble(entry) {
    if (entry.state !== "running") return [make("p", "reason", entry.reason)];
    const bar = make("progress");
    bar.value = entry.progress;
    bar.setAttribute("aria-label", `Progress of ${entry.name}`);
    return [bar];
  }

  function choose(name, value) {
    fields[name].value = value;
    changed();
  }

  function changed() {
    writeAddress();
    update();
  }

  for (const [name, [text]] of Object.entries(ORDERS)) fields.sort.append(new Option(text, name === "date" ? "" : name));
  form.hidden = false;
  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(changed));
  addEventListener("hashchange", () => {
    readAddress();
    update();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, select")) return;
    fields.q.focus();
    event.preventDefault();
  });
  new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && more(), {
    rootMargin: "1200px",
  }).observe(document.getElementById("more"));
})();
