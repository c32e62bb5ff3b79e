// What does a stored plan change? Today beside it, by the same measures, area by area.

import { drawLegend, map, show } from "atlas/board.js";
import { CLASSES, classOf, patch, UNKNOWN } from "atlas/classes.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { choice, select } from "atlas/rows.js";
import { choose, chosen, chosenNumber } from "atlas/state.js";
import { attempt } from "atlas/planning/attempt.js";
import { boxOf, drawAreas, input, methodBox, question, results, synthetic, table } from "atlas/planning/desk.js";
import { ask, remove } from "atlas/planning/door.js";
import { closeTwin, drawPlaces, openTwin } from "atlas/planning/twin.js";
import { AREAS, signed } from "atlas/planning/words.js";
import { count, day, isKnown, kindName, metres, percent, t } from "atlas/words.js";

const ROLES = { planner: t("规划人员", "planner"), administrator: t("管理员", "administrator") };
const ACTIONS = { add: t("新增", "add"), close: t("停用", "close"), move: t("迁移", "move") };
let stored = [];
let beside = null;

const now = () => ({
  scenario: chosenNumber("scenario"), radius_m: chosenNumber("radius_m") ?? 1000, areas: chosen("areas") || "district", year: chosenNumber("year_by"),
});

export async function open() {
  [stored, beside] = [[], null];
  document.addEventListener("atlas:scenario", refresh);
  await load();
  return () => { document.removeEventListener("atlas:scenario", refresh); closeTwin(); };
}

const refresh = () => attempt(load);

async function load() {
  const found = await ask("/scenarios");
  if (!found) return;
  stored = found.scenarios;
  if (!stored.some((one) => one.id === now().scenario)) choose({ scenario: null });
  drawList();
  tell(t(`共 ${count(stored.length)} 个情景`, `${count(stored.length)} scenarios`));
  if (now().scenario) await compare();
}

async function compare() {
  const { scenario, radius_m, areas, year } = now();
  tell(t("正在对照…", "Computing the comparison …"));
  const found = await ask(`/scenarios/${scenario}`, { city: null, radius_m, areas, year }, "compare");
  if (!found) return;
  beside = found;
  drawBeside();
  tell(t("已对照", "Compared"));
}

function drawList() {
  const pick = (id) => { choose({ scenario: id, year_by: null }); beside = null; drawList(); if (id) attempt(compare); else { closeTwin(); results(); } };
  if (!stored.length) {
    question(el("div", { class: "empty" }, el("p", {}, el("strong", {}, t("还没有保存的情景。", "No scenario is kept yet."))), el("p", {}, t("先在「选址」算出方案，再「保存为情景」。", "Find sites under “Siting” first, then keep the plan as a scenario."))));
    results();
    return;
  }
  const { scenario } = now();
  const one = stored.find((each) => each.id === scenario);
  if (!one) {
    results();
    question(el("h2", {}, t("选一个情景，与今天对照", "Choose one to compare with today")),
      el("ul", { class: "rows" }, stored.map((each) => el("li", {}, el("button", { type: "button", class: "row", onclick: () => pick(each.id) },
        el("span", { class: "row-text" }, el("span", { class: "row-name" }, each.name), el("span", { class: "row-note" }, `${kindName(each.kind)} · ${changeWords(each)}`)),
        el("span", { class: "row-end" }, el("span", { class: "small" }, t(`起算 ${day(each.on_date)}`, `from ${day(each.on_date)}`)), el("span", { class: "small" }, ROLES[each.owner_role] ?? each.owner_role)))))));
    return;
  }
  const set = (choices) => { choose(choices); drawList(); attempt(compare); };
  const years = [...new Set(one.changes.map((change) => change.year).filter(isKnown))].sort();
  question(
    el("div", { class: "picked" },
      select(t("情景", "Scenario"), [["", t("全部情景…", "All scenarios …")], ...stored.map((each) => [String(each.id), each.name])], String(one.id), (id) => pick(id ? Number(id) : null)),
      dropButton(one)),
    el("p", { class: "hint" }, `${kindName(one.kind)} · ${changeWords(one)} · ${t(`起算 ${day(one.on_date)}`, `from ${day(one.on_date)}`)}${isKnown(one.note) ? ` · ${one.note}` : ""}`),
    el("div", { class: "pair" },
      input(t("服务半径（米）", "Radius (m)"), { type: "number", min: 50, max: 20000, value: now().radius_m, onchange: (event) => event.target.reportValidity() && set({ radius_m: event.target.value }) })[0],
      years.length > 0 && select(t("建到哪一年", "Carried out until"), [["", t("全部", "all of it")], ...years.map((year) => [String(year), t(`${year} 年底`, `end of ${year}`)])], chosen("year_by"), (year) => set({ year_by: year }))),
    choice(t("统计单元", "Areas"), ["district", "zone", "township"].map((code) => [code, AREAS[code]]), now().areas, (areas) => set({ areas })));
}

const changeWords = (one) => Object.entries(ACTIONS).map(([action, name]) => [name, one.changes.filter((change) => change.action === action).length])
  .filter(([, number]) => number).map(([name, number]) => t(`${name} ${number} 处`, `${name} ${number}`)).join(t("、", ", "));

/** Delete in two steps, so that one slip loses nothing. */
function dropButton(one) {
  const button = el("button", { type: "button", class: "plain is-bad" }, t("删除", "Delete"));
  button.addEventListener("click", () => {
    if (button.dataset.sure) {
      attempt(async () => {
        const gone = await remove(`/scenarios/${one.id}`);
        if (!gone || !button.isConnected) return;
        choose({ scenario: null });
        beside = null;
        closeTwin();
        await load();
      });
    } else {
      button.dataset.sure = "1";
      put(button, t("确认删除？", "Really delete?"));
    }
  });
  button.addEventListener("blur", () => { delete button.dataset.sure; put(button, t("删除", "Delete")); });
  return button;
}

const shareOf = (row, side) => (row && row.people_60 > 0 && isKnown(row[`covered_60_${side}`]) ? row[`covered_60_${side}`] / row.people_60 : null);

function drawBeside() {
  const { total } = beside;
  const pair = (name, today, planned, change, isGood) => ({ name, today, planned, change, isGood });
  const difference = (a, b, say) => (isKnown(a) && isKnown(b) ? signed(b - a, say) : t("未知", "unknown"));
  const rows = [
    pair(t("设施数", "Facilities"), count(beside.today.facilities), count(beside.planned.facilities), difference(beside.today.facilities, beside.planned.facilities)),
    pair(t("够得着的 60+ 老人", "Aged 60+ within reach"), count(total.covered_60_before), count(total.covered_60_after), isKnown(total.gained_60) ? signed(total.gained_60) : t("不公布", "withheld")),
    pair(t("覆盖率", "Share within reach"), percent(shareOf(total, "before")), percent(shareOf(total, "after")), difference(shareOf(total, "before"), shareOf(total, "after"), (value) => t(`${(value * 100).toFixed(1)} 个百分点`, `${(value * 100).toFixed(1)} points`))),
    pair(t("够得着的 80+ 老人", "Aged 80+ within reach"), count(total.covered_80_before), count(total.covered_80_after), difference(total.covered_80_before, total.covered_80_after)),
    pair(t("到最近一处平均", "Mean distance to the nearest"), metres(beside.today.mean_m), metres(beside.planned.mean_m), difference(beside.today.mean_m, beside.planned.mean_m, metres)),
    pair(t("20 公里内一处都没有", "None within 20 km"), count(beside.today.beyond_60), count(beside.planned.beyond_60), difference(beside.today.beyond_60, beside.planned.beyond_60)),
  ];
  results(
    el("h2", { class: "beside-title" }, synthetic(beside.has_synthetic), " ", t(`今天与「${beside.scenario.name}」`, `Today and “${beside.scenario.name}”`), isKnown(beside.year) ? t(`（至 ${beside.year} 年）`, ` (until ${beside.year})`) : ""),
    table([["", (row) => row.name], [t("今天", "Today"), (row) => row.today], [t("情景", "Scenario"), (row) => row.planned], [t("差别", "Difference"), (row) => el("strong", {}, row.change)]], rows,
      { label: t("同一口径对照", "The same measures"), look: "beside", caption: t(`同一口径：${kindName(beside.scenario.kind)}，直线 ${metres(beside.radius_m)}`, `The same measures: ${kindName(beside.scenario.kind)}, straight line ${metres(beside.radius_m)}`) }),
    el("h2", {}, t("分区差别，变化大的在前", "By area, the largest change first")),
    areaTable(),
    el("h2", {}, t("改了什么", "What is changed")),
    el("ol", { class: "rows" }, beside.scenario.changes.map((change, i) => el("li", {}, el("div", { class: "row still" }, el("span", { class: "number" }, i + 1),
      el("span", { class: "row-text" }, el("span", { class: "row-name" }, change.name ?? change.candidate_code ?? change.facility_code), el("span", { class: "row-note" }, ACTIONS[change.action], change.facility_code ? ` · ${change.facility_code}` : "")),
      el("span", { class: "row-end" }, isKnown(change.year) ? t(`${change.year} 年`, change.year) : t("不分年", "any year")))))),
    methodBox(beside, { sources: beside.sources, also: [t(`人数取 ${beside.rounded_to} 的倍数，过小的不公布。`, `Counts are multiples of ${beside.rounded_to}; smaller ones are withheld.`)] }));
  drawMaps();
}

function areaTable() {
  const rows = [...beside.areas].sort((a, b) => Math.abs(b.gained_60 ?? 0) - Math.abs(a.gained_60 ?? 0));
  const figure = (row, side) => {
    const share = shareOf(row, side);
    return share === null ? (row.status === "measured" ? t("不公布", "withheld") : t("未知", "unknown")) : [count(row[`covered_60_${side}`]), el("span", { class: "small line" }, percent(share))];
  };
  return table([
    [t("单元", "Area"), (row) => [row.area_name, " ", synthetic(beside.has_synthetic)]],
    [t("今天", "Today"), (row) => figure(row, "before")],
    [t("情景", "Scenario"), (row) => figure(row, "after")],
    [t("差别", "Change"), (row) => el("strong", { class: row.gained_60 < 0 ? "is-worse" : "" }, isKnown(row.gained_60) ? signed(row.gained_60) : "–")],
  ], rows, { label: t("分区差别表", "Differences by area"), caption: t("够得着的 60 岁以上老人，人（占比）", "People aged 60+ within reach (share)"), foot: { ...beside.total, area_name: t("合计", "Total") } });
}

function drawMaps() {
  const { areas } = now();
  const draw = (side) => ({
    by: areas, rows: beside.areas, colourOf: (row) => { const share = shareOf(row, side); return share === null ? null : CLASSES[classOf(share)].colour; },
    say: (row) => percent(shareOf(row, side)),
  });
  const paint = (side, on, into) => drawAreas(areas, beside.areas, { ...draw(side), ...(on ? { on, into } : {}) });
  openTwin({ paint, title: beside.scenario.name });
  drawPlaces(beside.scenario.changes);
  const box = boxOf(beside.scenario.changes.map((change) => [change.lon, change.lat]));
  if (box && map) show(box, { maxZoom: 11 });
  put(byId("legend")); // folded or open by the room that is left
  drawLegend(t("够得着的占比（60 岁以上）", "Share within reach (aged 60+)"), [
    ...CLASSES.map((one) => [patch(one.colour), one.label, ""]).reverse(), [patch(UNKNOWN), t("未知或不公布", "unknown or withheld"), ""],
    [el("span", { class: "ring solid key" }, "1"), t("情景的变化", "changes of the scenario"), count(beside.scenario.changes.length)],
  ], beside.has_synthetic ? t("合成数据", "Synthetic data") : null);
}
