"use strict";
window.reelwatch ??= {};

/* Reads a search as `reelwatch search` does: `tag:forest scale:CU setting:int,night len:>10s "two words"`.
   terms: {name: (value) => test of one item, or a sentence that says what is wrong with the value}.
   words: (word) => test of one item. Returns {test, problem}; with a problem, test lets everything through. */
reelwatch.readQuery = (text, terms, words) => {
  const tests = [];
  const token = /\s*(?:([a-z_]+):(?:"([^"]*)"?|([^\s"]*))|"([^"]*)"?|([^\s"]+))/giy;
  for (const match of text.trim().matchAll(token)) {
    const [, key, quoted, plain, phrase, word] = match;
    if (key === undefined) {
      const wanted = (phrase ?? word).toLowerCase();
      if (wanted) tests.push(words(wanted));
      continue;
    }
    const name = key.toLowerCase();
    const value = (quoted ?? plain).toLowerCase();
    if (!Object.hasOwn(terms, name)) {
      return everything(`“${name}:” is no search term. There are: ${Object.keys(terms).join(", ")}.`);
    }
    if (!value) continue;
    const test = terms[name](value);
    if (typeof test === "string") return everything(test);
    tests.push(test);
  }
  return { test: (item) => tests.every((test) => test(item)), problem: "", empty: tests.length === 0 };

  function everything(problem) {
    return { test: () => true, problem, empty: true };
  }
};

reelwatch.settings = { int: ["place", "INT"], ext: ["place", "EXT"], day: ["time", "DAY"], night: ["time", "NIGHT"] };

/* Columns as reports/facets.py packs them: places in `words` become the words. */
reelwatch.unpack = (columns) => {
  const word = (place) => columns.words[place];
  const plain = Object.fromEntries(["scale", "place", "time", "movement"].map((name) => [name, columns[name].map(word)]));
  const lists = Object.fromEntries(["tags", "beats"].map((name) => [name, columns[name].map((each) => each.map(word))]));
  return { ...columns, ...plain, ...lists };
};

/* The terms that ask a shot: {name: (value) => test of a shot by its place in the unpacked columns, or a sentence}. */
reelwatch.shotTerms = (shots) => {
  const plain = (word) => word.toLowerCase().replaceAll(" ", "_");
  const anyOf = (value, of) => {
    const wanted = plain(value).split(",");
    return (index) => of(index).some((each) => wanted.includes(plain(each)));
  };
  return {
    tag: (value) => anyOf(value, (index) => shots.tags[index]),
    scale: (value) => anyOf(value, (index) => [shots.scale[index]]),
    setting: (value) => {
      const wanted = reelwatch.readSetting(value);
      if (typeof wanted === "string") return wanted;
      return (index) => Object.entries(wanted).every(([key, values]) => values.includes(shots[key][index]));
    },
    beat: (value) => anyOf(value, (index) => shots.beats[index]),
    movement: (value) => anyOf(value, (index) => [shots.movement[index]]),
    len: (value) => {
      const fits = reelwatch.readLength(value);
      if (typeof fits === "string") return fits;
      return (index) => fits((shots.length[index] * shots.rate[1]) / shots.rate[0], shots.length[index]);
    },
    unsure: (value) => reelwatch.truth("unsure", shots.unsure, value),
  };
};

reelwatch.truth = (name, values, value) => {
  if (value !== "true" && value !== "false") return `“${name}:” takes true or false.`;
  return (index) => Boolean(values[index]) === (value === "true");
};

/* setting:int,night as {place: ["INT"], time: ["NIGHT"]}, or a sentence. */
reelwatch.readSetting = (value) => {
  const wanted = {};
  for (const word of value.split(/[,/]/)) {
    if (!Object.hasOwn(reelwatch.settings, word)) return `“${word}” is no setting. There are: int, ext, day, night.`;
    const [key, said] = reelwatch.settings[word];
    (wanted[key] ??= []).push(said);
  }
  return wanted;
};

/* len:>10s, len:<=2m, len:24f: a test of a length in seconds and frames. */
reelwatch.readLength = (value) => {
  const match = /^(<=|>=|<|>|=)?(\d+(?:\.\d+)?)(s|m|f)?$/.exec(value);
  if (!match) return `“len:${value}” is no length; it should look like len:>10s, len:<=2m or len:24f.`;
  const [, sign = "=", number, unit = "s"] = match;
  const wanted = Number(number) * (unit === "m" ? 60 : 1);
  const compare = {
    "<": (length) => length < wanted,
    ">": (length) => length > wanted,
    "<=": (length) => length <= wanted,
    ">=": (length) => length >= wanted,
    "=": (length) => length === wanted,
  }[sign];
  return (seconds, frames) => compare(unit === "f" ? frames : seconds);
};
