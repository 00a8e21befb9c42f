"use strict";
window.reelwatch ??= {};

/* SMPTE ST 12-1, as media/timecode.py writes it. clock: {base: frames a timecode second counts, drop: true or false}. */
reelwatch.timecode = (frame, { base, drop }) => {
  const dropped = drop ? base / 15 : 0;
  const tenMinutes = base * 600 - dropped * 9;
  frame %= tenMinutes * 144;
  if (drop) {
    const rest = frame % tenMinutes;
    const minutes = rest < base * 60 ? 0 : 1 + Math.floor((rest - base * 60) / (base * 60 - dropped));
    frame += dropped * (9 * Math.floor(frame / tenMinutes) + minutes);
  }
  const seconds = Math.floor(frame / base);
  const two = (number) => String(number).padStart(2, "0");
  const frames = String(frame % base).padStart(Math.max(2, String(base - 1).length), "0");
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  return clock + (drop ? ";" : ":") + frames;
};

/* The frame at which a second of timecode starts; drop frame has no :00 and :01 at most minutes' starts. */
reelwatch.frameOfSecond = (second, { base, drop }) => {
  const minutes = Math.floor(second / 60);
  const dropped = drop ? base / 15 : 0;
  const missing = drop && second % 60 === 0 && minutes % 10 ? dropped : 0;
  return second * base - dropped * (minutes - Math.floor(minutes / 10)) + missing;
};

reelwatch.duration = (seconds) => {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
};
