"use strict";
/* Looks at the shots of titles, which are loaded when they are needed: reports/<slug>/shots.js. */
(() => {
  const AHEAD = 8;
  const loaded = new Map();
  const arriving = new Map();

  /* Called by shots.js. */
  window.reelwatchShots = (slug, columns) => arriving.get(slug)?.(reelwatch.unpack(columns));

  /* The columns of a title's shots, or null where its file is not there. */
  function shotsOf({ slug, analysed }) {
    const key = `${slug} ${analysed}`;
    if (!loaded.has(key)) loaded.set(key, load(slug, analysed));
    return loaded.get(key);
  }

  function load(slug, analysed) {
    return new Promise((arrive) => {
      const script = document.createElement("script");
      const end = (shots) => {
        arriving.delete(slug);
        script.remove();
        arrive(shots);
      };
      arriving.set(slug, end);
      script.addEventListener("error", () => end(null));
      script.src = `${slug}/shots.js?at=${encodeURIComponent(analysed)}`;
      document.head.append(script);
    });
  }

  /* Yields [entry or null, how many are left] for each entry in turn: the entry where one of its shots fits everything
     that is asked, [[term, value]]. A title whose shots cannot be loaded is let through. Ends when goesOn() is false. */
  reelwatch.look = async function* (entries, asked, goesOn) {
    const asking = entries.slice(0, AHEAD).map(shotsOf);
    for (const [place, entry] of entries.entries()) {
      const shots = await asking[place];
      if (!goesOn()) return;
      if (place + AHEAD < entries.length) asking.push(shotsOf(entries[place + AHEAD]));
      yield [fits(shots, asked) ? entry : null, entries.length - place - 1];
    }
  };

  function fits(shots, asked) {
    if (shots === null) return true;
    const terms = reelwatch.shotTerms(shots);
    const tests = asked.map(([name, value]) => terms[name](value));
    return shots.length.some((_, index) => tests.every((test) => test(index)));
  }
})();
