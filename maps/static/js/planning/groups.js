// 1+N: which centre serves which sites and which areas, how long is the way, and whom does none serve?

import { ask as askPublic } from "atlas/api.js";
import { drawLegend, layer, map, show } from "atlas/board.js";
import { CLASSES, patch, UNKNOWN } from "atlas/classes.js";
import { el, tell } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { choice, drawRows, select } from "atlas/rows.js";
import { choose, chosen, chosenNumber } from "atlas/state.js";
import { attempt } from "atlas/planning/attempt.js";
import { boxOf, dot, drawAreas, methodBox, question, results, synthetic, table, tiles } from "atlas/planning/desk.js";
import { ask } from "atlas/planning/door.js";
import { AREAS, oneDecimal } from "atlas/planning/words.js";
import { count, isKnown, kindName, metres, native, percent, plain, t } from "atlas/words.js";

const L = globalThis.L;
const WAYS = { line: t("直线估算", "straight line"), drive: t("驾车", "by car"), walk: t("步行", "on foot") };
let found = null;
let at = 0;
let opened = null;
let placeOf = new Map(); // code of a facility → lon, lat

const now = () => ({ areas: chosen("areas") || "zone", limit_min: chosenNumber("limit_min") ?? 30, measure: WAYS[chosen("measure")] ? chosen("measure") : "line" });

/** Show the groups; `parts` are the controls that stand above its own. */
export async function openGroups(parts) {
  [found, at, opened] = [null, 0, null];
  drawQuestion(parts);
  await attempt(() => load(parts));
}

async function load() {
  tell(t("正在计算…", "Computing…"));
  found = await ask("/siting/groups", { ...now(), on: chosen("on") }, "groups");
  if (!found) return;
  const kinds = new Set([found.hub_kind, ...spokes().map((one) => one.kind)]);
  const places = await askPublic("/facilities", { kind: [...kinds], within: page.city.code, on: chosen("on"), limit: 10000 }, "places").catch(() => ({ features: [] }));
  if (!places) return;
  placeOf = new Map(places.features.map((one) => [one.properties.code, one.geometry.coordinates]));
  draw();
  tell(t(`${count(found.groups.length)} 个组团`, `${count(found.groups.length)} groups`));
}

const spokes = () => [...found.groups.flatMap((group) => group.spokes), ...found.unserved_spokes];

function drawQuestion(parts) {
  const set = (choices) => { choose(choices); opened = null; drawQuestion(parts); attempt(load); };
  const { areas, limit_min, measure } = now();
  question(parts,
    el("div", { class: "pair" },
      select(t("多远以内算服务到", "Served within"), [10, 15, 20, 30, 45, 60].map((minutes) => [String(minutes), t(`${minutes} 分钟`, `${minutes} minutes`)]), String(limit_min), (minutes) => set({ limit_min: minutes })),
      select(t("怎样走", "How"), Object.entries(WAYS), measure, (way) => set({ measure: way }))),
    choice(t("统计单元", "Areas"), ["district", "zone", "township"].map((code) => [code, AREAS[code]]), areas, (code) => set({ areas: code })));
}

const minutes = (value) => (isKnown(value) ? t(`${oneDecimal(value)} 分钟`, `${oneDecimal(value)} min`) : t("未知", "unknown"));

function draw() {
  const served = found.groups.flatMap((group) => group.areas);
  const list = el("div", {});
  results(
    el("h2", { class: "answer-title" }, synthetic(found.has_synthetic), " ", t("1+N 组团：中心带站点", "1+N: centres with their sites")),
    tiles([
      [t("中心（1）", "Centres (1)"), count(found.groups.length), kindName(found.hub_kind)],
      [t("站点（N）", "Sites (N)"), count(found.groups.reduce((sum, group) => sum + group.spokes.length, 0)), t("有中心带", "with a centre")],
      [t("无中心的站点", "Without a centre"), count(found.unserved_spokes.length), t(`${found.limit_min} 分钟内`, `within ${found.limit_min} min`), "is-bad"],
      [t("无中心的单元", "Areas without"), count(found.unserved_areas.length), found.unknown_areas.length ? t(`另有 ${count(found.unknown_areas.length)} 个未知`, `${count(found.unknown_areas.length)} unknown`) : AREAS[now().areas]],
    ]),
    el("h2", {}, t("逐个组团", "Group by group")), list,
    found.unserved_spokes.length > 0 && table([
      [t("没有中心的站点", "Sites without a centre"), (one) => [one.name, " ", synthetic(found.has_synthetic)]], [t("种类", "Kind"), (one) => kindName(one.kind), "at-left"],
      [t("最近的中心", "Nearest centre"), (one) => [minutes(one.minutes), el("span", { class: "small line" }, native(one.why))]],
    ], found.unserved_spokes, { label: t("没有中心的站点", "Sites without a centre") }),
    found.unserved_areas.length > 0 && el("p", {}, t("没有中心服务的单元：", "Areas that no centre serves: "), found.unserved_areas.map((one) => one.area_name).join(t("、", ", "))),
    methodBox(found));
  const turn = (to) => { at = to; drawRows(list, found.groups, at, { draw: groupRow, turn, empty: t("还没有综合养老服务中心。", "There is no centre yet.") }); };
  turn(at);
  drawMap(served);
}

function groupRow(group, number) {
  const isOpen = group.code === opened;
  const farthest = Math.max(...group.spokes.map((one) => one.minutes ?? 0), 0);
  return [
    el("button", { type: "button", class: "row", "data-code": group.code, "aria-expanded": String(isOpen), onclick: () => pick(group) },
      el("span", { class: "number" }, number),
      el("span", { class: "row-text" }, el("span", { class: "row-name" }, group.name, " ", synthetic(found.has_synthetic)),
        el("span", { class: "row-note" }, t(`带 ${count(group.spokes.length)} 个站点，服务 ${count(group.areas.length)} 个单元`, `${count(group.spokes.length)} sites, ${count(group.areas.length)} areas`))),
      el("span", { class: "row-end" }, group.spokes.length > 0 && el("span", { class: "small" }, t(`最远 ${minutes(farthest)}`, `at most ${minutes(farthest)}`)))),
    el("div", { class: "card-place", hidden: !isOpen }, isOpen && [
      group.spokes.length > 0 && table([[t("站点", "Site"), (one) => [one.name, el("span", { class: "small line" }, `${kindName(one.kind)} · ${plain(native(one.why))}`)]], [t("路程", "Way"), (one) => [minutes(one.minutes), el("span", { class: "small line" }, metres(one.distance_m))], "tight"]],
        group.spokes, { label: t(`${group.name} 的站点`, `Sites of ${group.name}`) }),
      group.areas.length > 0 && table([[t("服务的单元", "Area served"), (one) => one.area_name], [t("由它服务的老人", "Elders that it serves"), (one) => percent(one.share)], [t("路程", "Way"), (one) => minutes(one.minutes), "tight"]],
        group.areas, { label: t(`${group.name} 服务的单元`, `Areas of ${group.name}`) })]),
  ];
}

function pick(group) {
  opened = opened === group.code ? null : group.code;
  draw();
  const box = opened && boxOf([group, ...group.spokes].map((one) => placeOf.get(one.code) ?? []));
  if (box) show(box, { maxZoom: 13 });
}

const STEPS = [10, 15, 20, 30];
/** Near is dark: the class of a travel time. */
const colourOf = (value) => CLASSES[4 - STEPS.filter((step) => value > step).length].colour;

function drawMap(served) {
  if (!map) return;
  ["areas", "reach", "sites"].forEach((code) => layer(code).clearLayers());
  const { areas } = now();
  if (areas !== "township") drawAreas(areas, [...served, ...found.unserved_areas, ...found.unknown_areas], { colourOf: (row) => (isKnown(row.minutes) ? colourOf(row.minutes) : null), say: (row) => minutes(row.minutes) });
  for (const group of found.groups) {
    const hub = placeOf.get(group.code);
    if (!hub) continue;
    const isOpen = group.code === opened;
    for (const one of group.spokes) {
      const end = placeOf.get(one.code);
      if (end) layer("reach").addLayer(L.polyline([[hub[1], hub[0]], [end[1], end[0]]], { className: `spoke${isOpen ? " is-open" : ""}`, pane: "lines", interactive: false }));
    }
    layer("sites").addLayer(dot(hub, found.groups.indexOf(group) + 1, group.name, { look: "solid", size: 24, isOpen, onclick: () => { at = Math.floor(found.groups.indexOf(group) / 20); pick(group); } }));
  }
  for (const one of found.unserved_spokes) if (placeOf.has(one.code)) layer("sites").addLayer(dot(placeOf.get(one.code), "!", one.name, { colour: "#a1201c", size: 20 }));
  drawLegend(t("到所属中心的路程", "Way to the centre"), [
    [el("span", { class: "ring solid key" }, "1"), t("中心，编号同列表", "centre, as in the list"), count(found.groups.length)],
    [el("span", { class: "ring key", style: "--ring:#a1201c" }, "!"), t("没有中心的站点", "site without a centre"), count(found.unserved_spokes.length)],
    ...[...STEPS, null].map((step, i) => [patch(CLASSES[4 - i].colour), step ? t(`${step} 分钟以内`, `within ${step} min`) : t("30 分钟以上", "more than 30 min"), ""]),
    [patch(UNKNOWN), t("未知", "unknown"), ""],
  ], found.has_synthetic ? t("合成数据", "Synthetic data") : null);
}
