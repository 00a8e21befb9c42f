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
