// How do chosen places compare where no service can be asked? From the columns that the list brought:
// the same rows, words and order as the service's own page (maps/elder_care/versus.py).

import { el, put, svg } from "atlas/dom.js";
import { page, t } from "atlas/elder_care/say.js";

const SMALL = { width: 360, height: 270 };
const MARGIN = 46;

/** What the list that is shown brought along: rows, titles, and a column for each of its places. */
export const brought = () => JSON.parse(document.getElementById("columns").textContent);

const sign = (colour, number) => svg("svg", { class: "sign numbered", viewBox: "-16 -16 32 32", width: 34, height: 34, "aria-hidden": "true", style: `--kind:${colour}` },
  svg("circle", { r: 14.5 }), svg("text", { y: 5, "text-anchor": "middle", "font-size": 15 }, number));

const head = (one, i) => el("th", { scope: "col" }, sign(one.colour, i + 1), el("a", { href: one.href }, one.name),
  el("span", { class: "card-kinds" }, one.kinds), one.synthetic && el("span", { class: "synthetic" }, t("合成", "synthetic")));

/** Which cells lead: none unless all have a number of the same thing and they differ. */
function leading(cells) {
  const amounts = cells.map(([, , , amount]) => amount);
  const isTelling = cells.length > 1 && amounts.every(Number.isFinite) && new Set(cells.map((cell) => cell[4])).size === 1
    && Math.max(...amounts) > Math.min(...amounts);
  return amounts.map((amount) => isTelling && amount === Math.min(...amounts));
}

const STYLES = { known: null, warning: "warning", unknown: "unknown", none: "unknown" };

function row([key, name, lead], cells) {
  if (cells.every(([, state]) => state === "none")) return null;
  const leads = leading(cells);
  return el("tr", { "data-row": key }, el("th", { scope: "row" }, name), cells.map(([lines, state, link], i) => el("td", { class: STYLES[state ?? "known"] },
    lines.map((line) => (link ? el("a", { class: "phone", href: link }, line) : el("span", { class: "line" }, line))),
    leads[i] && el("span", { class: "lead" }, lead))));
}

/** The list's own sketch with the chosen places only, numbered as in the table. */
function sketch(codes) {
  const drawn = document.querySelector("#sketch figure")?.cloneNode(true);
  if (!drawn) return null;
  const numbers = new Map([...document.querySelectorAll(".cards > .card")].map((card) => [card.dataset.number, card.dataset.code]));
  for (const spot of drawn.querySelectorAll("g.sign")) {
    const at = codes.indexOf(numbers.get(spot.querySelector("text").textContent));
    if (at >= 0) { spot.querySelector("text").textContent = at + 1; continue; }
    for (const name of ["lead-dot", "lead"]) if (spot.previousElementSibling?.classList.contains(name)) spot.previousElementSibling.remove();
    spot.remove();
  }
  return drawn.querySelector("g.sign") && closer(drawn);
}

/** The part of a sketch that holds its marks, as large as the service draws a small one. */
function closer(drawn) {
  const sketch = drawn.querySelector("svg");
  const [, , width, height] = sketch.getAttribute("viewBox").split(" ").map(Number);
  const spots = [...drawn.querySelectorAll("g.sign, g.here")].map((one) => one.getAttribute("transform").match(/-?[\d.]+/g).map(Number));
  const [left, right] = [Math.min(...spots.map(([x]) => x)), Math.max(...spots.map(([x]) => x))];
  const [top, bottom] = [Math.min(...spots.map(([, y]) => y)), Math.max(...spots.map(([, y]) => y))];
  const wide = Math.min(width, Math.max(SMALL.width, right - left + 2 * MARGIN, (bottom - top + 2 * MARGIN) * SMALL.width / SMALL.height));
  const high = Math.min(height, wide * SMALL.height / SMALL.width);
  const [x, y] = [Math.min(Math.max(0, (left + right - wide) / 2), width - wide), Math.min(Math.max(0, (top + bottom - high) / 2), height - high)];
  sketch.setAttribute("viewBox", `${x} ${y} ${wide} ${high}`);
  drawn.querySelector(".bar").setAttribute("transform", `translate(${x + 14} ${y + high - 14})`);
  drawn.querySelector(".north").setAttribute("transform", `translate(${x + wide - 20} ${y + 34})`);
  return drawn;
}

/** A link as the service writes it on paper: what the facts depend on, in letters that people read. */
function readable(address) {
  const [path, asked] = address.split("?");
  const told = asked.split("&").filter((one) => page.on_paper.includes(one.split("=")[0]) && one !== "lang=zh");
  return decodeURI(`${path}?${told.join("&")}`).replaceAll("%2C", ",");
}

/** A comparison as the service draws it. `chosen`: code → column; `drop`: takes one away. */
export function versusSheet(chosen, address, drop) {
  const { rows, titles } = brought();
  const places = [...chosen.values()];
  const sheet = document.getElementById("versus").content.cloneNode(true).firstElementChild;
  const find = (place) => sheet.querySelector(place);
  const title = titles[places.length];
  sheet.className = `sheet is-${places.length}`;
  for (const place of [".sheet-title", "caption"]) put(find(place), title);
  find("thead tr").append(...places.map(head));
  find("tbody").prepend(...rows.map((told, i) => row(told, places.map((one) => one.cells[i]))).filter(Boolean));
  const away = find(".drop-row th").textContent;
  find(".drop-row").append(...[...chosen].map(([code, one]) => el("td", {}, places.length > 2
    && el("button", { type: "button", class: "act", onclick: () => drop(code) }, away, el("span", { class: "sr" }, ` ${one.name}`)))));
  put(find(".where"), sketch([...chosen.keys()]));
  find(".printed-day").append(t("（没有网络，按已载入的信息比较）", " (no network: compared from what was loaded)"));
  put(find(".printed-link"), readable(address));
  return sheet;
}
