// What do both pages of a pack share? The data, elements made without markup, signs of markers.
"use strict";
const PACK = JSON.parse(document.getElementById("pack").textContent);

// An element with properties and children; a text child is text, whatever it says.
function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name in made && name !== "list") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((one) => one !== null && one !== undefined && one !== ""));
  return made;
}

const SIGNS = {
  intact: ["#12695c", "M9 2 16 16H2Z"], leaning: ["#b86e00", "M12 2 16 16H2Z"],
  damaged: ["#b3261e", "M2 2H16V16H2Z"], lost: ["#b3261e", "M3 3 15 15M15 3 3 15"],
  moved: ["#b86e00", "M9 1 17 9 9 17 1 9Z"], buried: ["#6b4f3a", "M2 7H16V16H2Z"],
  unknown: ["#55646e", "M9 2A7 7 0 1 0 9 16 7 7 0 1 0 9 2"], junction: ["#0b3c5d", "M9 9V1M9 9 2 15M9 9 16 15"],
  here: ["#1a5fd0", "M9 4A5 5 0 1 0 9 14 5 5 0 1 0 9 4"],
};

// The sign of a state: shape beside colour.
function sign(state, size = 18) {
  const [colour, path] = SIGNS[state] || SIGNS.unknown;
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  for (const [k, v] of [["viewBox", "0 0 18 18"], ["width", size], ["height", size], ["aria-hidden", "true"]])
    svg.setAttribute(k, v);
  const shape = document.createElementNS(space, "path");
  const open = ["lost", "unknown", "junction"].includes(state);
  for (const [k, v] of [["d", path], ["fill", open ? "#fff" : colour], ["stroke", open ? colour : "#fff"],
    ["stroke-width", open ? 2.5 : 1.2], ["stroke-linejoin", "round"]]) shape.setAttribute(k, v);
  svg.append(shape);
  return svg;
}

function tell(text) {
  document.getElementById("told").textContent = text;
}
