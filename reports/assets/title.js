"use strict";
/* The title's data, what the address names, and copying of timecodes. */
(() => {
  const data = reelwatch.unpack(JSON.parse(document.getElementById("title-data").textContent));
  const changed = new EventTarget();
  const title = { ...data, shots: data.number.length, current: 0, chosen: false, changed };
  reelwatch.title = title;

  title.seconds = (frames) => (frames * data.rate[1]) / data.rate[0];
  title.timecode = (frame) => reelwatch.timecode(data.first + frame, data);
  const rows = data.number.map((number) => document.getElementById(`shot-${number}`));
  title.row = (index) => rows[index];

  /* Index of the shot on screen at a frame. */
  title.shotAt = (frame) => {
    let low = 0;
    let high = title.shots - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (data.start[middle] <= frame) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  title.makeCurrent = (index) => {
    title.current = Math.max(0, Math.min(title.shots - 1, index));
    title.chosen = true;
    changed.dispatchEvent(new Event("current"));
  };

  title.open = (index) => {
    title.makeCurrent(index);
    const address = `#shot-${data.number[title.current]}`;
    if (location.hash === address) title.row(title.current).scrollIntoView({ block: "center" });
    else location.hash = address;
  };

  title.pictureOf = (index) => title.row(index).querySelector("img")?.src;

  reelwatch.make = (tag, look, text) => {
    const element = document.createElement(tag);
    if (look) element.className = look;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  title.describe = (index) => {
    const said = [data.scale[index], data.place[index], data.time[index], data.movement[index]];
    return said.filter((value) => value !== "none").join(" · ");
  };

  title.tagsOf = (index) => data.tags[index].map((tag) => tag.replaceAll("_", " "));

  const toast = document.getElementById("toast");
  let fading;
  reelwatch.say = (text) => {
    toast.textContent = text;
    toast.classList.add("shown");
    clearTimeout(fading);
    fading = setTimeout(() => toast.classList.remove("shown"), 1800);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.tc");
    const text = button?.textContent.trim();
    if (button) reelwatch.copy(text, text);
  });

  reelwatch.copy = async (text, name) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      if (!copyBySelection(text)) {
        reelwatch.say(`This browser lets no page copy. Mark it by hand: ${name}`);
        return;
      }
    }
    reelwatch.say(`Copied ${name}`);
  };

  /* Pages from disk are not always allowed to use the clipboard interface. */
  function copyBySelection(text) {
    const field = reelwatch.make("textarea", "hidden", text);
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }

  function followAddress() {
    const match = /^#shot-(\d+)$/.exec(location.hash);
    const index = match ? data.number.indexOf(Number(match[1])) : -1;
    if (index >= 0) {
      title.makeCurrent(index);
      changed.dispatchEvent(new Event("open"));
    }
  }
  addEventListener("hashchange", followAddress);
  addEventListener("DOMContentLoaded", followAddress);
})();
