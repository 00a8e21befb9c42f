"use strict";
function reelwatchLibrary(data) {
  const cards = document.getElementById("cards");
  for (const entry of [...data.jobs, ...data.titles]) {
    const item = document.createElement("li");
    const link = document.createElement(entry.slug ? "a" : "span");
    if (entry.slug) link.href = `${entry.slug}/index.html`;
    link.textContent = entry.name;
    item.append(link, ` ${entry.kind} ${entry.state || "done"} ${entry.reason || ""}`);
    cards.append(item);
  }
}
