// How many elders are within reach of a kind of facility, where are the gaps, what is missing?

import "atlas/shell.js";
import { drawAreas, drawKey, drawTable, labelAreas } from "atlas/access/areas.js";
import { drawControls } from "atlas/access/controls.js";
import { download } from "atlas/access/download.js";
import { drawGapList, drawGaps, firstPage, turnToOpen } from "atlas/access/gaps.js";
import { drawSourceLine, headline, method, networkNotes } from "atlas/access/notes.js";
import { held, question, within } from "atlas/access/question.js";
import { openTab, tabList } from "atlas/access/tabs.js";
import { areasShown, districtOf, gapCode, gapsShown, indicator, open, opened, view } from "atlas/access/view.js";
import { ask, Problem, sorry } from "atlas/api.js";
import { drawGround, map, nearby, openMap, show } from "atlas/board.js";
import { defineHatch } from "atlas/classes.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { extent } from "atlas/geodesy.js";
import { drawMissing } from "atlas/missing.js";
import { isSaved, page } from "atlas/page.js";
import { drawPlaceNames } from "atlas/place_names.js";
import { choose, chosen } from "atlas/state.js";
import { t } from "atlas/words.js";

const isMeal = () => ["canteen", "meal"].includes(question().kind);
const TABS = [
  { code: "areas", name: t("分区", "Areas"), draw: (host) => drawTable(host, pick) },
  { code: "gaps", name: t("缺口", "Gaps"), draw: (host) => drawGapList(host, pick) },
  { code: "sites", name: t("设施", "Sites"), load: () => import("atlas/access/sites.js").then((found) => { sites = found; return found.drawSites; }) },
  { code: "years", name: t("历年", "Years"), load: () => import("atlas/access/years.js").then(({ drawYears }) => drawYears), isServed: true },
  { code: "meals", name: t("供餐", "Meals"), load: () => import("atlas/access/canteens.js").then(({ drawCanteens }) => (host) => drawCanteens(host, toSite)), isServed: true, isFor: isMeal },
  { code: "missing", name: t("应有", "Due"), draw: (host) => drawDue(host) },
];
const tabs = () => TABS.filter((one) => (!isSaved || !one.isServed) && (one.isFor?.() ?? true));
const tab = () => (tabs().find(({ code }) => code === chosen("tab")) ?? tabs()[0]).code;
let sites = null; // the module of facilities, once its part was opened: parts come when they are asked for
let turn = 0; // which question is the newest

async function refresh() {
  const mine = (turn += 1);
  tell(t("正在计算…", "Computing…"));
  const asked = question();
  try {
    const { needs } = indicator();
    const [found, more] = await Promise.all([
      ask("/access/coverage", asked, "coverage"),
      needs ? ask("/access/measures", { ...asked, floating: chosen("floating") }, "measures") : null,
    ]);
    if (mine !== turn) return;
    if (!found) { if (isSaved) tell(t("此文件不含这一组合。", "This file does not hold this combination."), true); return; }
    Object.assign(view, { coverage: found, measures: more, gaps: null, gapsProblem: null });
    firstPage();
    draw();
    await refreshGaps(asked, mine);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (mine !== turn) return;
    tell("");
    put(byId("results"), sorry(problem));
  }
}

/** Gaps take longer than coverage on foot: they come when they are there. */
async function refreshGaps(asked, mine) {
  tell(t("正在计算缺口…", "Computing gaps…"));
  try {
    const found = await ask("/access/gaps", { ...asked, limit: 100 }, "gaps");
    if (mine !== turn) return;
    view.gaps = found ?? { features: [] };
  } catch (problem) {
    if (mine !== turn) return;
    view.gapsProblem = problem;
  }
  turnToOpen();
  drawGaps(pick);
  if (tab() === "gaps") drawTab();
  drawLegendNow();
  tell(view.gapsProblem ? t("缺口没有算出，其余已更新", "Gaps could not be computed; the rest is up to date") : t("已更新", "Up to date"));
}

function draw() {
  drawAreas(pick);
  drawGaps(pick);
  drawSourceLine();
  put(byId("results"), headline(), networkNotes((isAsked) => askAnew({ fallback: isAsked ? "line" : null })),
    tabList(tabs(), tab(), goTo, t("结果", "Results")),
    el("div", { id: "tab-body", role: "tabpanel", tabindex: "0" }), el("div", { id: "files" }), el("div", { id: "paper", class: "only-paper" }), method());
  drawTab();
  drawLegendNow();
}

async function drawTab() {
  const { code, draw: now, load } = TABS.find((one) => one.code === tab());
  if (code !== "sites") sites?.leaveSites();
  const host = openTab(code);
  put(byId("files"), download(code));
  if (now) return now(host);
  const later = await load();
  return code === tab() && host.isConnected && later(host);
}

const drawLegendNow = () => drawKey(sites?.siteKey());

function goTo(code) {
  choose({ tab: code === "areas" ? null : code, facility: code === "sites" ? chosen("facility") : null });
  drawGaps(pick);
  drawTab();
  drawLegendNow();
}

function toSite(code) {
  choose({ facility: code });
  goTo("sites");
}

const drawDue = (host) => {
  const list = el("div", { id: "missing" });
  put(host, el("h2", {}, t("应有而没有的设施", "Facilities that must be there and are not")), list);
  return drawMissing(list, { city: page.city.code, areas: question().areas === "zone" ? "zone" : "township", on: chosen("on") });
};

/** Choose an area or a gap: it stands out in the list and on the map. */
function pick(code) {
  open(opened() === code ? null : code);
  turnToOpen();
  if (opened()?.startsWith("gap-") && tab() !== "gaps") choose({ tab: "gaps" });
  const found = [...gapsShown().map((one) => [gapCode(one), one]), ...areasShown().map((one) => [one.properties.area_code, one])].find(([its]) => its === opened())?.[1];
  drawAreas(pick);
  drawGaps(pick);
  drawTab();
  drawLegendNow();
  const box = extent(found?.geometry ?? null);
  if (box) show(box, { maxZoom: 13 });
  const row = document.querySelector(`#tab-body [data-code="${CSS.escape(opened() ?? code)}"]`);
  row?.scrollIntoView({ block: "nearest" });
  (row?.matches("button") ? row : row?.querySelector("button"))?.focus({ preventScroll: true });
}

const controls = () => drawControls({
  ask: askAnew,
  redraw: (choices) => { choose(choices); firstPage(); controls(); if (view.coverage) draw(); },
  focus: (code) => { const box = extent(view.districts.find((one) => one.properties.code === code)?.geometry ?? null) ?? view.whole; if (box) show(box); },
});

function askAnew(choices) {
  choose({ area: null, ...choices });
  controls();
  nameTownships().then(refresh);
}

/** Townships are asked for only when they are the areas: they tell which district they are of. */
async function nameTownships() {
  if (question().areas !== "township" || isSaved) return;
  const found = await ask("/units", { within: page.city.code, level: 4, on: chosen("on") }).catch(() => null);
  for (const one of found?.features ?? []) districtOf.set(one.properties.code, one.properties.parent_code);
}

/** Paper holds the table and the gaps, whichever part is open on the screen. */
function fillPaper() {
  addEventListener("beforeprint", () => {
    const host = byId("paper");
    if (!host || !view.coverage) return;
    put(host);
    if (tab() !== "areas") drawTable(host, pick);
    if (tab() === "gaps" || !gapsShown().length) return;
    const gaps = el("div");
    host.append(gaps);
    drawGapList(gaps, pick);
  });
  addEventListener("afterprint", () => byId("paper") && put(byId("paper")));
}

async function begin() {
  defineHatch();
  const [units, zones] = await Promise.all([
    ask("/units", { level: 3, on: chosen("on") }).catch(() => null),
    ask("/zones", { within: page.city.code, on: chosen("on") }).catch(() => null),
    nameTownships(),
  ]);
  view.districts = (units?.features ?? []).filter((one) => one.properties.parent_code === page.city.code);
  for (const one of [...(zones?.features ?? []), ...view.districts]) districtOf.set(one.properties.code, one.properties.parent_code);
  view.whole = drawGround(view.districts, { around: nearby(units?.features ?? [], view.districts), labels: false });
  openMap(extent(view.districts.find((one) => one.properties.code === within())?.geometry ?? null) ?? view.whole);
  drawPlaceNames(view.whole ?? undefined);
  map?.on("zoomend", labelAreas);
  document.addEventListener("atlas:drawn", drawLegendNow);
  document.addEventListener("atlas:fallback", controls);
  fillPaper();
  controls();
  await refresh();
}

begin();
