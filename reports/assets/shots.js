"use strict";
/* The filter over the shots; it lives in the address as #q=. */
(() => {
  const title = reelwatch.title;
  const form = document.getElementById("filter-form");
  const field = document.getElementById("filter");
  const state = document.getElementById("filter-state");
  const chips = document.getElementById("chips");
  const anyOf = (value, of) => {
    const wanted = value.replaceAll(" ", "_").split(",");
    return (index) => wanted.includes(of(index).toLowerCase().replaceAll(" ", "_"));
  };
  const truth = (name, values) => (value) => {
    if (value !== "true" && value !== "false") return `“${name}:” takes true or false.`;
    return (index) => Boolean(values[index]) === (value === "true");
  };
  let matching = null;
  const terms = {
    tag: (value) => {
      const wanted = value.replaceAll(" ", "_").split(",");
      return (index) => title.tags[index].some((place) => wanted.includes(title.tagNames[place]));
    },
    scale: (value) => anyOf(value, (index) => title.scale[index]),
    setting: (value) => {
      const wanted = { place: [], time: [] };
      for (const word of value.split(/[,/]/)) {
        const known = reelwatch.settings[word];
        if (!known) return `“${word}” is no setting. There are: int, ext, day, night.`;
        wanted[known[0]].push(known[1]);
      }
      return (index) =>
        Object.entries(wanted).every(([key, values]) => !values.length || values.includes(title[key][index]));
    },
    beat: (value) => anyOf(value, (index) => title.beat[index]),
    movement: (value) => anyOf(value, (index) => title.movement[index]),
    len: (value) => {
      const fits = reelwatch.readLength(value);
      if (typeof fits === "string") return fits;
      return (index) => {
        const frames = title.end[index] - title.start[index];
        return fits(title.seconds(frames), frames);
      };
    },
    unsure: truth("unsure", title.unsure),
    corrected: truth("corrected", title.corrected),
  };
  const words = (word) => (index) =>
    [title.number[index], title.timecode(title.start[index]), title.describe(index), title.beat[index]]
      .concat(title.tagsOf(index))
      .some((text) => String(text).toLowerCase().includes(word));

  function filter() {
    const query = reelwatch.readQuery(field.value, terms, words);
    matching = query.empty ? null : title.number.map((_, index) => query.test(index));
    for (let index = 0; index < title.shots; index++) {
      title.row(index).hidden = matching !== null && !matching[index];
    }
    for (const chunk of document.querySelectorAll(".chunk")) {
      chunk.hidden = !chunk.querySelector(".shot:not([hidden])");
    }
    state.textContent = query.problem || (matching ? summary() : "");
    state.classList.toggle("problem", Boolean(query.problem));
    for (const chip of chips.querySelectorAll(".chip")) chip.setAttribute("aria-pressed", has(chip.dataset.term));
    title.veil(matching);
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
      chips.insertBefore(chip, chips.lastElementChild);
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
      field.value = "";
      filter();
    }
    row.scrollIntoView({ block: "center" });
  });

  addChips();
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
