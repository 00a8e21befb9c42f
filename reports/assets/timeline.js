"use strict";
/* Zoom, hover and keys of the timeline. Lanes are drawn in frames, so that a view is a view box. */
(() => {
  const title = reelwatch.title;
  const tracks = document.getElementById("tracks");
  const lanes = tracks.querySelectorAll("svg.lane[viewBox], #matches");
  const beats = tracks.querySelectorAll("#beat-lane > svg");
  const ruler = document.getElementById("ruler");
  const playhead = document.getElementById("playhead");
  const peek = document.getElementById("peek");
  const SVG = "http://www.w3.org/2000/svg";
  const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
  const LABEL_PIXELS = 110;
  const least = Math.min(title.frames, title.base * 4);
  let from = 0;
  let to = title.frames;

  function show(start, length) {
    length = Math.max(least, Math.min(title.frames, length));
    from = Math.max(0, Math.min(title.frames - length, start));
    to = from + length;
    draw();
  }

  function draw() {
    const length = to - from;
    const width = tracks.clientWidth;
    for (const lane of lanes) lane.setAttribute("viewBox", `${from} 0 ${length} 100`);
    for (const beat of beats) {
      const start = Number(beat.dataset.start);
      beat.setAttribute("x", `${(100 * (start - from)) / length}%`);
      beat.setAttribute("width", `${(100 * (beat.dataset.end - start)) / length}%`);
    }
    tracks.classList.toggle("fine", (width * title.frames) / title.shots / length > 5);
    tracks.classList.toggle("zoomed", length < title.frames);
    drawRuler(length, width);
    document.getElementById("visible-range").textContent =
      `${title.timecode(Math.round(from))} – ${title.timecode(Math.round(to))}`;
    placePlayhead();
  }

  function drawRuler(length, width) {
    const seconds = (length / width / title.base) * LABEL_PIXELS;
    const step = STEPS.find((each) => each >= seconds) ?? Math.ceil(seconds / 3600) * 3600;
    const ticks = [];
    let second = Math.floor((title.first + from) / title.base / step) * step;
    for (; ; second += step) {
      const frame = reelwatch.frameOfSecond(second, title) - title.first;
      if (frame > to) break;
      const x = ((frame - from) / length) * width;
      if (x < 0) continue;
      ticks.push(shape("line", { x1: x, x2: x, y1: 14, y2: 22 }));
      if (x < width - 84) ticks.push(shape("text", { x: x + 4, y: 17 }, title.timecode(frame)));
    }
    ruler.replaceChildren(...ticks);
  }

  function shape(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text) made.textContent = text;
    return made;
  }

  function middleOfCurrent() {
    return (title.start[title.current] + title.end[title.current]) / 2;
  }

  function inView() {
    return title.chosen && middleOfCurrent() >= from && middleOfCurrent() <= to;
  }

  function placePlayhead() {
    const share = (middleOfCurrent() - from) / (to - from);
    playhead.hidden = !title.chosen || share < 0 || share > 1;
    playhead.style.left = `${100 * share}%`;
  }

  function frameAt(event) {
    const box = tracks.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    return Math.min(title.frames - 1, Math.floor(from + share * (to - from)));
  }

  /* Around a frame, or the chosen shot where it is in view. */
  function zoom(factor, around = inView() ? middleOfCurrent() : (from + to) / 2) {
    const length = Math.max(least, Math.min(title.frames, (to - from) * factor));
    show(around - ((around - from) / (to - from)) * length, length);
  }

  function peekAt(event) {
    const frame = frameAt(event);
    const index = title.shotAt(frame);
    const source = title.pictureOf(index);
    const lines = reelwatch.make("div");
    lines.append(
      reelwatch.make("b", "", `Shot ${title.number[index]}`),
      reelwatch.make("span", "mono", title.timecode(frame)),
      reelwatch.make("span", "", title.describe(index)),
      reelwatch.make("span", "muted", reelwatch.duration(title.seconds(title.end[index] - title.start[index]))),
      reelwatch.make("span", "muted", [...title.beats[index], ...title.tagsOf(index)].join(", ")),
    );
    peek.replaceChildren(lines);
    if (source) {
      const picture = reelwatch.make("img");
      picture.src = source;
      picture.alt = "";
      peek.prepend(picture);
    }
    peek.hidden = false;
    const box = peek.parentElement.getBoundingClientRect();
    const left = Math.min(box.width - peek.offsetWidth, Math.max(0, event.clientX - box.left - peek.offsetWidth / 2));
    peek.style.left = `${left}px`;
  }

  let grip = null;
  tracks.addEventListener("pointerdown", (event) => {
    grip = { x: event.clientX, from, moved: false };
  });
  tracks.addEventListener("pointermove", (event) => {
    if (grip && event.buttons && Math.abs(event.clientX - grip.x) > 4 && to - from < title.frames) {
      if (!grip.moved) tracks.setPointerCapture(event.pointerId);
      grip.moved = true;
      peek.hidden = true;
      show(grip.from - ((event.clientX - grip.x) / tracks.clientWidth) * (to - from), to - from);
    } else if (event.pointerType === "mouse") {
      peekAt(event);
    }
  });
  tracks.addEventListener("pointerleave", () => {
    peek.hidden = true;
  });
  tracks.addEventListener("click", (event) => {
    if (!grip?.moved) title.open(title.shotAt(frameAt(event)));
    grip = null;
  });
  tracks.addEventListener(
    "wheel",
    (event) => {
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (event.ctrlKey || event.altKey) zoom(Math.exp(event.deltaY / 300), frameAt(event));
      else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        show(from + (sideways / tracks.clientWidth) * (to - from), to - from);
      } else return;
      event.preventDefault();
    },
    { passive: false },
  );

  const keys = {
    ArrowRight: () => title.makeCurrent(title.current + 1),
    ArrowLeft: () => title.makeCurrent(title.current - 1),
    PageDown: () => title.makeCurrent(title.current + 10),
    PageUp: () => title.makeCurrent(title.current - 10),
    Home: () => title.makeCurrent(0),
    End: () => title.makeCurrent(title.shots - 1),
    Enter: () => title.open(title.current),
    "+": () => zoom(1 / 2),
    "=": () => zoom(1 / 2),
    "-": () => zoom(2),
    0: () => show(0, title.frames),
  };
  tracks.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    keys[event.key]();
    event.preventDefault();
  });

  title.changed.addEventListener("current", () => {
    const index = title.current;
    if (!inView()) show(middleOfCurrent() - (to - from) / 2, to - from);
    placePlayhead();
    const spoken = `Shot ${title.number[index]}, ${title.timecode(title.start[index])}, ${title.describe(index)}`;
    tracks.setAttribute("aria-valuenow", index + 1);
    tracks.setAttribute("aria-valuetext", spoken);
  });

  /* What the filter leaves out is veiled. matching: a list of true and false, or null for no filter. */
  title.veil = (matching) => {
    const veil = document.getElementById("matches");
    veil.toggleAttribute("hidden", !matching);
    const path = (matching ?? []).map((fits, index) =>
      fits ? "" : `M${title.start[index]} 0h${title.end[index] - title.start[index]}v100H${title.start[index]}z`,
    );
    veil.firstElementChild.setAttribute("d", path.join(""));
  };

  document.getElementById("zoom-in").addEventListener("click", () => zoom(1 / 2));
  document.getElementById("zoom-out").addEventListener("click", () => zoom(2));
  document.getElementById("zoom-all").addEventListener("click", () => show(0, title.frames));
  document.getElementById("zoom-tools").hidden = false;
  new ResizeObserver(draw).observe(tracks);
  addEventListener("beforeprint", () => show(0, title.frames));
})();
