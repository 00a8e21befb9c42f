"use strict";
/* A key frame, large, with its facts; arrow keys go on to the next. */
(() => {
  const title = reelwatch.title;
  const viewer = document.getElementById("viewer");
  const picture = viewer.insertBefore(document.createElement("img"), viewer.firstChild);
  const facts = viewer.querySelector(".facts-line");

  function fill() {
    const index = title.current;
    picture.src = title.pictureOf(index) ?? "";
    picture.hidden = !title.pictureOf(index);
    picture.alt = `Key frame of shot ${title.number[index]}`;
    const times = [title.start[index], title.end[index]].map((frame) => {
      const button = reelwatch.make("button", "tc", title.timecode(frame));
      button.type = "button";
      return button;
    });
    const length = reelwatch.duration(title.seconds(title.end[index] - title.start[index]));
    facts.replaceChildren(
      reelwatch.make("b", "", `Shot ${title.number[index]}`),
      ...times,
      reelwatch.make("span", "", length),
      reelwatch.make("span", "", title.describe(index)),
      reelwatch.make("span", "muted", title.tagsOf(index).join(", ")),
    );
  }

  const go = (step) => {
    title.makeCurrent(title.current + step);
    fill();
  };

  document.querySelector(".shot-table").addEventListener("click", (event) => {
    const row = event.target.closest("button.picture")?.closest(".shot");
    if (!row) return;
    title.makeCurrent(title.number.indexOf(Number(row.id.slice("shot-".length))));
    fill();
    viewer.showModal();
  });
  viewer.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") go(1);
    else if (event.key === "ArrowLeft") go(-1);
    else return;
    event.preventDefault();
  });
  viewer.querySelector(".previous").addEventListener("click", () => go(-1));
  viewer.querySelector(".next").addEventListener("click", () => go(1));
  viewer.querySelector(".close").addEventListener("click", () => viewer.close());
  viewer.addEventListener("click", (event) => {
    if (event.target === viewer) viewer.close();
  });
  viewer.addEventListener("close", () => title.row(title.current).querySelector("button.picture")?.focus());
})();
