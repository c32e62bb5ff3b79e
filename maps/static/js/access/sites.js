// Which facilities count, and what lies within minutes of the one that is chosen?

import { aroundKey, drawAround, forgetAround } from "atlas/access/around.js";
import { question, within } from "atlas/access/question.js";
import { districtOf, view } from "atlas/access/view.js";
import { askAll, sorry } from "atlas/api.js";
import { layer, map, mark } from "atlas/board.js";
import { byId, el, put } from "atlas/dom.js";
import { sign } from "atlas/marks.js";
import { isSaved, kinds, kindsOf, page } from "atlas/page.js";
import { drawRows, PAGE_SIZE, pageOf } from "atlas/rows.js";
import { choose, chosen } from "atlas/state.js";
import { count, isKnown, kindName, t } from "atlas/words.js";

const L = globalThis.L;
let sites = null; // {key, features}
let at = 0;

export const chosenSite = () => chosen("facility") || null;
const codeOf = (site) => site.properties.code;
const inside = ({ properties: p }) => !within() || p.admin_code === within() || districtOf.get(p.admin_code) === within();
const shown = () => (sites?.features ?? []).filter(inside);

/** Draw the list of facilities that count, with the chosen one open, and all of them on the map. */
export async function drawSites(host) {
  put(host, el("p", { class: "hint" }, isSaved
    ? t("点一处设施，在地图上标出它的直线半径。", "Choose a facility to see its straight-line radius on the map.")
    : t("点一处设施，画出步行 5、10、15 分钟可到的范围。", "Choose a facility to draw what lies within 5, 10 and 15 minutes on foot.")), el("div", { id: "site-list" }));
  try {
    await load();
  } catch (problem) {
    put(byId("site-list"), sorry(problem));
    return;
  }
  if (!host.isConnected || !byId("site-list")) return;
  turnToChosen();
  drawList();
  drawMarks();
  bringIntoView(chosenSite());
  document.dispatchEvent(new CustomEvent("atlas:drawn"));
}

async function load() {
  const asked = { kind: kindsOf(question().kind), within: page.city.code, on: chosen("on") };
  const key = JSON.stringify(asked);
  if (sites?.key === key) return;
  const found = await askAll("/facilities", asked, "facilities");
  if (found) [sites, at] = [{ key, features: found.features }, 0];
}

function turnToChosen() {
  const found = shown().findIndex((site) => codeOf(site) === chosenSite());
  if (found >= 0) at = Math.floor(found / PAGE_SIZE);
}

function drawList() {
  const host = byId("site-list");
  if (!host) return;
  const counted = view.coverage?.summary?.facilities;
  put(host, el("p", { class: "hint" }, t(`本市 ${count(shown().length)} 处`, `${count(shown().length)} in the city`),
    isKnown(counted) && counted !== shown().length && t(`；计算用到 ${count(counted)} 处（含界外或合计种类）`, `; ${count(counted)} were counted (with those across the border)`)), el("div", { id: "site-rows" }));
  drawRows(byId("site-rows"), shown(), at, {
    draw: (site, number) => [siteRow(site, number), codeOf(site) === chosenSite() && el("div", { class: "card-place", id: "around" })],
    turn: (to) => { at = to; drawList(); drawMarks(); },
    unit: t(" 处", ""), empty: t("没有这类已公开的设施。", "No published facility of this kind."),
  });
  const open = shown().find((site) => codeOf(site) === chosenSite());
  if (open) drawAround(byId("around"), open);
}

function siteRow(site, number) {
  const p = site.properties;
  return el("button", { type: "button", class: "row", "aria-expanded": String(codeOf(site) === chosenSite()), "data-code": codeOf(site), onclick: () => pickSite(codeOf(site)) },
    sign(kindOf(site), { number, size: 30 }),
    el("span", { class: "row-text" },
      el("span", { class: "row-name" }, p.name, " ", p.is_synthetic && el("span", { class: "synthetic" }, t("合成", "synthetic"))),
      el("span", { class: "row-note" }, p.address ?? kindName(kindOf(site)))));
}

const kindOf = (site) => site.properties.kinds.find((kind) => kindsOf(question().kind).includes(kind)) ?? site.properties.kinds[0];

/** Choose a facility, or let the chosen one go. */
export function pickSite(code) {
  const next = code === chosenSite() ? null : code;
  choose({ facility: next });
  forgetAround();
  turnToChosen();
  drawList();
  drawMarks();
  bringIntoView(code);
  document.querySelector(`#site-list [data-code="${CSS.escape(code)}"]`)?.focus({ preventScroll: true });
}

function bringIntoView(code) {
  if (code) document.querySelector(`#site-list [data-code="${CSS.escape(code)}"]`)?.scrollIntoView({ block: "start" });
}

/** Small dots for all facilities, numbered signs for those of the list's present page. */
function drawMarks() {
  if (!map) return;
  const group = layer("facilities").clearLayers();
  if (!map.hasLayer(group)) map.addLayer(group);
  const listed = new Map(pageOf(shown(), at).map((site, i) => [codeOf(site), at * PAGE_SIZE + i + 1]));
  for (const site of shown().filter((one) => one.geometry)) {
    const [lon, lat] = site.geometry.coordinates;
    const number = listed.get(codeOf(site));
    const onclick = (event) => { L.DomEvent.stop(event); pickSite(codeOf(site)); };
    if (number === undefined) {
      group.addLayer(L.circleMarker([lat, lon], { radius: 4, className: "site-dot", pane: "lines", bubblingMouseEvents: false }).on("click", onclick));
    } else {
      const isOpen = codeOf(site) === chosenSite();
      group.addLayer(mark([lon, lat], sign(kindOf(site), { number, size: 26 }), {
        name: site.properties.name, size: 26, pane: "numbers", onclick, inList: true, className: `mark${isOpen ? " is-open" : ""}`,
      }));
    }
  }
}

/** Take facilities and what is drawn around one off the map. */
export function leaveSites() {
  if (!map) return;
  map.removeLayer(layer("facilities").clearLayers());
  forgetAround();
}

/** Rows of the legend for what this list adds to the map. */
export function siteKey() {
  if (!map || !map.hasLayer(layer("facilities"))) return [];
  const kind = kinds.has(question().kind) ? question().kind : kindsOf(question().kind)[0];
  return [[sign(kind, { number: "", size: 20 }), t("设施（编号同列表，圆点为其余）", "Facility (number as listed; dots: others)"), count(shown().length)], ...aroundKey()];
}
