"use strict";
/* The filter over the shots; it lives in the address as #q=. */
(() => {
  const title = reelwatch.title;
  const form = document.getElementById("filter-form");
  const field = document.getElementById("filter");
  const state = document.getElementById("filter-state");
  const chips = document.getElementById("chips");
  const foldAll = document.getElementById("fold-all");
  const heads = [...document.querySelectorAll(".scene-head")];
  const chunks = [...document.querySelectorAll(".chunk")];
  const folded = new Set();
  let matching = null;
  const terms = {
    ...reelwatch.shotTerms(title),
    corrected: (value) => reelwatch.truth("corrected", title.corrected, value),
  };
  const words = (word) => (index) =>
    [title.number[index], title.timecode(title.start[index]), title.describe(index), ...title.beats[index]]
      .concat(title.tagsOf(index))
      .some((text) => String(text).toLowerCase().includes(word));

  function filter() {
    const query = reelwatch.readQuery(field.value, terms, words);
    matching = query.empty ? null : title.number.map((_, index) => query.test(index));
    showRows();
    state.textContent = query.problem || (matching ? summary() : "");
    state.classList.toggle("problem", Boolean(query.problem));
    for (const chip of chips.querySelectorAll(".chip")) chip.setAttribute("aria-pressed", has(chip.dataset.term));
    title.veil(matching);
  }

  /* Rows that fit and are not folded away; of each scene, its head with how many of its shots fit. */
  function showRows() {
    const fitting = new Map();
    const all = new Map();
    for (let index = 0; index < title.shots; index++) {
      const fits = matching === null || matching[index];
      const scene = title.scene[index];
      title.row(index).hidden = !fits || folded.has(scene);
      fitting.set(scene, (fitting.get(scene) ?? 0) + Number(fits));
      all.set(scene, (all.get(scene) ?? 0) + 1);
    }
    for (const head of heads) {
      const scene = Number(head.dataset.scene);
      const [some, total] = [fitting.get(scene), all.get(scene)];
      head.hidden = !some;
      head.querySelector(".fold").setAttribute("aria-expanded", !folded.has(scene));
      head.querySelector(".count").textContent = `${some < total ? `${some} of ` : ""}${total} shot${total > 1 ? "s" : ""}`;
    }
    for (const chunk of chunks) {
      const rows = chunk.querySelectorAll(".shot:not([hidden])").length;
      const head = chunk.querySelector(".scene-head:not([hidden])") ? 1 : 0;
      chunk.hidden = !rows && !head;
      const height = rows * (innerWidth > 900 ? 77 : 128) + head * 38;
      chunk.style.containIntrinsicSize = `auto ${height}px`;
    }
    if (foldAll) {
      foldAll.setAttribute("aria-pressed", folded.size === heads.length);
    }
  }

  function fold(scenes, away) {
    for (const scene of scenes) {
      if (away) folded.add(scene);
      else folded.delete(scene);
    }
    showRows();
  }

  function summary() {
    const frames = matching.reduce((sum, fits, index) => sum + (fits ? title.end[index] - title.start[index] : 0), 0);
    const shots = matching.filter(Boolean).length;
    const share = Math.round((100 * frames) / title.frames);
    const length = reelwatch.duration(title.seconds(frames));
    return `${shots.toLocaleString("en")} of ${title.shots.toLocaleString("en")} shots, ${length} (${share} % of the title)`;
  }

  const has = (term) => field.value.split(/\s+/).includes(term);

  function toggle(term) {
    const [key] = term.split(":");
    const kept = field.value.split(/\s+/).filter((word) => word && !(word.startsWith(`${key}:`) && key !== "tag"));
    field.value = (has(term) ? kept.filter((word) => word !== term) : [...kept, term]).join(" ");
    typed();
  }

  function addChips() {
    const settings = [...new Set([...title.place, ...title.time])].filter((word) => reelwatch.settings[word.toLowerCase()]);
    const scales = [...document.querySelectorAll(".legend [data-scale]")].map((key) => key.dataset.scale);
    const all = [
      ...scales.filter((scale) => title.scale.includes(scale)).map((scale) => [`scale:${scale}`, scale]),
      ...settings.map((word) => [`setting:${word.toLowerCase()}`, word]),
      ...(title.unsure.includes(1) ? [["unsure:true", "unsure"]] : []),
      ...(title.corrected.includes(1) ? [["corrected:true", "corrected"]] : []),
    ];
    for (const [term, text] of all) {
      const chip = reelwatch.make("button", "chip", text);
      chip.type = "button";
      chip.dataset.term = term;
      chip.addEventListener("click", () => toggle(term));
      chips.insertBefore(chip, foldAll ?? chips.lastElementChild);
    }
  }

  /* The shots shown, as a table that spreadsheets and chats take. */
  function copyList() {
    const shown = title.number.map((_, index) => index).filter((index) => !matching || matching[index]);
    const lines = shown.map((index) => {
      const times = [title.start[index], title.end[index]].map(title.timecode);
      const said = [title.scale[index], title.place[index], title.time[index]].map((word) => (word === "none" ? "" : word));
      return [title.number[index], ...times, ...said, title.tagsOf(index).join(", ")].join("\t");
    });
    const head = ["shot", "in", "out", "scale", "place", "time", "tags"].join("\t");
    reelwatch.copy([head, ...lines, ""].join("\n"), `${shown.length.toLocaleString("en")} shots`);
  }

  function typed() {
    const address = field.value.trim() ? `#q=${encodeURIComponent(field.value.trim())}` : " ";
    history.replaceState(null, "", address === " " ? location.pathname + location.search : address);
    filter();
  }

  function followAddress() {
    const match = /^#q=(.*)$/.exec(location.hash);
    if (!match) return;
    try {
      field.value = decodeURIComponent(match[1]);
    } catch {
      field.value = "";
    }
    filter();
    document.getElementById("shots").scrollIntoView();
  }

  title.changed.addEventListener("open", () => {
    const row = title.row(title.current);
    if (row.hidden) {
      folded.delete(title.scene[title.current]);
      if (matching && !matching[title.current]) field.value = "";
      filter();
    }
    row.scrollIntoView({ block: "center" });
  });

  document.querySelector(".shot-table").addEventListener("click", (event) => {
    const head = event.target.closest("button.fold")?.closest(".scene-head");
    const scene = Number(head?.dataset.scene);
    if (head) fold([scene], !folded.has(scene));
  });
  foldAll?.addEventListener("click", () => {
    const away = folded.size < heads.length;
    fold(
      heads.map((head) => Number(head.dataset.scene)),
      away,
    );
  });

  addChips();
  showRows();
  document.getElementById("copy-list").addEventListener("click", copyList);
  form.hidden = chips.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", typed);
  addEventListener("hashchange", followAddress);
  addEventListener("DOMContentLoaded", followAddress);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") field.focus();
    else if (event.key === "j" || event.key === "k") title.open(nextShown(event.key === "j" ? 1 : -1));
    else return;
    event.preventDefault();
  });

  function nextShown(step) {
    let index = title.current + step;
    while (index >= 0 && index < title.shots && title.row(index).hidden) index += step;
    return title.shots > index && index >= 0 ? index : title.current;
  }
})();
