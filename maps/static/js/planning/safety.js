// Which homes are overdue for a fire check or have open hazards, and how far are the projects?

import { drawLegend, layer, map, showPoint } from "atlas/board.js";
import { el, put, tell } from "atlas/dom.js";
import { choice, drawRows } from "atlas/rows.js";
import { choose, chosen } from "atlas/state.js";
import { attempt } from "atlas/planning/attempt.js";
import { chip, dayField, dot, methodBox, nameOf, question, results, synthetic, table, tiles } from "atlas/planning/desk.js";
import { ask } from "atlas/planning/door.js";
import { money } from "atlas/planning/words.js";
import { count, day, isKnown, percent, t, unknown, word } from "atlas/words.js";

let found = null;
let at = 0;
let opened = null;

const isProjects = () => chosen("of") === "projects";

export async function open() {
  [found, at, opened] = [null, 0, null];
  drawQuestion();
  await load();
}

async function load() {
  found = await ask(isProjects() ? "/planning/projects" : "/planning/fire", { on: chosen("on") });
  if (!found) return;
  drawQuestion();
  draw();
}

// Sets of rows that a reader can ask for: code → [words, test, sign, colour].
const FIRE = {
  overdue: [t("检查逾期", "overdue"), (row) => row.is_overdue === true, "!", "#a1201c"],
  failed: [t("未达标", "failed"), (row) => row.fire_state === "failed", "✗", "#a1201c"],
  hazard: [t("有未销隐患", "open hazard"), (row) => row.hazards.length > 0, "▲", "#8a4b00"],
  unknown: [t("日期未知", "date unknown"), (row) => row.is_overdue === null, "?", "#5a6b76"],
  fine: [t("按期", "in time"), (row) => row.is_overdue === false, "✓", "#1b6e4b"],
};
const PROJECTS = {
  overdue: [t("逾期", "overdue"), (row) => row.is_overdue === true, "!", "#a1201c"],
  waiting: [t("未开工", "not begun"), (row) => row.has_begun === false, "○", "#5a6b76"],
  begun: [t("已开工", "begun"), (row) => row.has_begun === true && !isFinished(row), "▶", "#2b4c8c"],
  finished: [t("已完工", "finished"), (row) => isFinished(row), "✓", "#1b6e4b"],
};
const isFinished = (row) => isKnown(row.finished_on) || row.stage === "投用";
const sets = () => (isProjects() ? PROJECTS : FIRE);
const shown = () => found.rows.filter((row) => !sets()[chosen("only")] || sets()[chosen("only")][1](row));
const setOf = (row) => Object.values(sets()).find(([, test]) => test(row)) ?? [unknown(), null, "?", "#5a6b76"];

function drawQuestion() {
  const again = (of) => { choose({ of, only: null }); [found, at, opened] = [null, 0, null]; layer("sites")?.clearLayers(); drawQuestion(); results(); attempt(load); };
  question(
    choice(t("看什么", "What"), [["", t("消防检查", "Fire checks")], ["projects", t("建设项目", "Projects")]], isProjects() ? "projects" : "", again),
    found && el("div", { class: "chips", role: "group", "aria-label": t("筛选", "Filter") }, [["", [t("全部", "All"), () => true]], ...Object.entries(sets())].map(([code, [name, test, mark]]) =>
      el("button", { type: "button", class: "chip", "aria-pressed": String((sets()[chosen("only")] ? chosen("only") : "") === code), onclick: () => { choose({ only: code }); at = 0; drawQuestion(); draw(); } },
        mark ? `${mark} ` : "", name, " ", count(found.rows.filter(test).length)))), dayField());
}

function draw() {
  if (isProjects()) drawProjects();
  else drawFire();
  drawMarks();
}

function drawList(host, row) {
  const turn = (to) => { at = to; drawRows(host, shown(), at, { draw: row, turn, empty: t("没有这一类。", "There is none.") }); };
  turn(at);
}

function toggle(row) {
  opened = opened === row.code ? null : row.code;
  draw();
  if (opened && isKnown(row.lon)) showPoint([row.lon, row.lat], 13);
}

function drawFire() {
  const late = found.rows.filter(FIRE.overdue[1]).length;
  const list = el("div", {});
  results(
    el("h2", { class: "answer-title" }, synthetic(found.has_synthetic), " ", t("养老机构消防检查", "Fire checks of homes")),
    tiles([
      [t("达标率", "Passed"), percent(found.rate), t(`${count(found.passed)} ÷ ${count(found.known)} 状态已知`, `${count(found.passed)} ÷ ${count(found.known)} known`)],
      [t("检查逾期", "Overdue"), count(late), isKnown(found.interval_months) ? t(`间隔 ${found.interval_months} 个月`, `every ${found.interval_months} months`) : t("没有间隔规则", "no rule of an interval"), "is-bad"],
      [t("未销隐患", "Open hazards"), count(found.hazards.length), t("件", "items")],
      [t("未知", "Unknown"), count(found.unknown), t("家未填报", "not reported")],
    ]),
    found.hazards.length > 0 && el("details", { class: "fold", open: found.hazards.length <= 4 }, el("summary", {}, t(`未整改的隐患 ${count(found.hazards.length)} 件`, `${count(found.hazards.length)} hazards not yet mended`)), el("div", { class: "folded" }, table([
      [t("隐患", "Hazard"), (item) => [item.title, " ", synthetic(item.is_synthetic)]],
      [t("责任单位", "Assigned to"), (item) => item.assigned_to ?? t("未交办", "nobody"), "at-left"],
      [t("期限", "Due"), (item) => [isKnown(item.due_on) ? item.due_on : t("未定", "none"), item.is_overdue && el("strong", { class: "is-worse line" }, t("逾期", "overdue"))], "tight"],
    ], found.hazards, { label: t("隐患表", "Table of hazards") }))),
    el("h2", {}, t("逐家机构，逾期在前", "Home by home, overdue ones first")), list,
    methodBox(found, { sources: [...new Set(found.rows.filter((row) => row.is_synthetic).map(() => t("合成数据", "synthetic data")))] }));
  drawList(list, fireRow);
  tell(t(`${count(shown().length)} 家机构`, `${count(shown().length)} homes`));
}

function fireRow(row, number) {
  const [, , , colour] = setOf(row);
  return el("button", { type: "button", class: "row", "data-code": row.code, "aria-pressed": String(row.code === opened), onclick: () => toggle(row) },
    el("span", { class: "number", style: `background:${colour}` }, number),
    el("span", { class: "row-text" }, el("span", { class: "row-name" }, row.name, " ", synthetic(row.is_synthetic)),
      el("span", { class: "row-note" }, `${nameOf.get(row.district_code) ?? ""} · ${t("检查 ", "checked ")}${day(row.fire_checked_on)}${isKnown(row.next_check_on) ? ` · ${t("应于 ", "due ")}${row.next_check_on}${t(" 前", "")}` : ""}`),
      row.hazards.length > 0 && el("span", { class: "reason line" }, t(`未销隐患 ${count(row.hazards.length)} 件`, `${count(row.hazards.length)} open hazards`))),
    el("span", { class: "row-end" }, isKnown(row.fire_state) ? chip(row.fire_state === "passed" ? "pass" : row.fire_state === "failed" ? "fail" : "unknown", row.fire_state === "passed" ? "✓" : row.fire_state === "failed" ? "✗" : "…", word("fire", row.fire_state)) : unknown(),
      row.is_overdue && el("span", { class: "small is-worse" }, lateBy(row.next_check_on))));
}

const DAY = 86_400_000;
/** 「逾期 120 天」, counted to the day that is asked. */
function lateBy(due) {
  const days = Math.round((Date.parse(found.on) - Date.parse(due)) / DAY);
  return t(`逾期 ${count(days)} 天`, `${count(days)} days late`);
}

function drawProjects() {
  const sum = found.total;
  const list = el("div", {});
  results(
    el("h2", { class: "answer-title" }, synthetic(found.has_synthetic), " ", t("建设项目", "Construction projects")),
    tiles([
      [t("开工率", "Begun"), percent(sum.start_rate), t(`${count(sum.begun)} ÷ ${count(sum.begun + sum.not_begun)} 个`, `${count(sum.begun)} of ${count(sum.begun + sum.not_begun)}`)],
      [t("逾期", "Overdue"), count(sum.overdue), t(`共 ${count(sum.projects)} 个`, `of ${count(sum.projects)}`), "is-bad"],
      [t("拨付率", "Paid"), percent(sum.paid_share), `${money(sum.paid_cny)} / ${money(sum.planned_cny)}`],
    ]),
    table([
      [t("类别", "Class"), (row) => [row.name, " ", synthetic(row.has_synthetic)]], [t("项目", "Projects"), (row) => count(row.projects)], [t("已开工", "Begun"), (row) => count(row.begun)],
      [t("完工", "Done"), (row) => count(row.finished)], [t("逾期", "Overdue"), (row) => count(row.overdue)],
      [t("计划资金", "Planned"), (row) => money(row.planned_cny), "tight"], [t("已拨付", "Paid"), (row) => [money(row.paid_cny), el("span", { class: "small line" }, percent(row.paid_share))], "tight"],
    ], found.classes, { foot: { ...sum, name: t("合计", "Total"), has_synthetic: false }, label: t("分类表", "By class"), caption: `${found.check.adds_up === false ? "✗ " : "✓ "}${t(found.check.words, found.check.words_en)}` }),
    monthsFold(),
    el("h2", {}, t("逐个项目，逾期在前", "Project by project, overdue ones first")), list,
    methodBox(found, { sources: found.sources }));
  found.rows.sort((a, b) => Number(b.is_overdue === true) - Number(a.is_overdue === true) || String(a.due_on ?? "9").localeCompare(String(b.due_on ?? "9")));
  drawList(list, projectRow);
  tell(t(`${count(shown().length)} 个项目`, `${count(shown().length)} projects`));
}

/** The months of the year so far, asked for when the table is opened. */
function monthsFold() {
  const host = el("div", { class: "folded" });
  const year = Number(found.on.slice(0, 4));
  const fill = async ({ target }) => {
    if (!target.open || host.childElementCount) return;
    const told = await attempt(() => ask("/planning/projects/monthly", { year, on: chosen("on") }, "months"), host);
    if (!told) return;
    put(host, table([
      [t("月份", "Month"), (row) => [row.month, " ", synthetic(told.has_synthetic)]], [t("本月开工", "Begun"), (row) => count(row.newly_begun)], [t("本月完工", "Done"), (row) => count(row.newly_finished)],
      [t("逾期", "Overdue"), (row) => count(row.total.overdue)], [t("开工率", "Start rate"), (row) => percent(row.total.start_rate)],
      [t("已拨付", "Paid"), (row) => [money(row.total.paid_cny), el("span", { class: "small line" }, percent(row.total.paid_share))], "tight"],
    ], told.months, { label: t("项目月表", "Projects by month"), caption: t("各月末的情况", "At the end of each month") }));
  };
  return el("details", { class: "fold", ontoggle: fill }, el("summary", {}, t(`${year} 年月表`, `${year} by month`)), host);
}

function projectRow(row, number) {
  const [, , , colour] = setOf(row);
  const done = row.progress_percent;
  return el("button", { type: "button", class: "row", "data-code": row.code, "aria-pressed": String(row.code === opened), onclick: () => toggle(row) },
    el("span", { class: "number", style: `background:${colour}` }, number),
    el("span", { class: "row-text" }, el("span", { class: "row-name" }, row.name, " ", synthetic(row.is_synthetic)),
      el("span", { class: "row-note" }, [nameOf.get(row.district_code), row.project_class, row.lead_role, row.funding_source].filter(isKnown).join(" · ")),
      el("span", { class: "progress" }, el("span", {}, row.stage ?? unknown()), el("span", { class: "bar", "aria-hidden": "true" }, el("span", { style: `width:${isKnown(done) ? Math.min(100, done) : 0}%` })), el("span", { class: "small" }, isKnown(done) ? `${count(done)}%` : unknown()))),
    el("span", { class: "row-end" }, el("span", { class: "tight" }, money(row.funding_planned_cny)), el("span", { class: "small" }, t(`已拨 ${money(row.funding_paid_cny)}`, `paid ${money(row.funding_paid_cny)}`)),
      row.is_overdue ? el("span", { class: "small is-worse" }, lateBy(row.due_on)) : el("span", { class: "small" }, isKnown(row.due_on) ? t(`应于 ${row.due_on} 完工`, `due ${row.due_on}`) : t("完工日未知", "no due date"))));
}

function drawMarks() {
  if (!map) return;
  const group = layer("sites").clearLayers();
  for (const row of shown()) {
    if (!isKnown(row.lon)) continue;
    const [words, , mark, colour] = setOf(row);
    const isHazard = !isProjects() && row.hazards.length > 0;
    group.addLayer(dot([row.lon, row.lat], mark, `${row.name} ${words}`, { colour, look: isHazard ? "is-hazard" : "", size: 22, isOpen: row.code === opened, onclick: () => reveal(row) }));
  }
  drawLegend(isProjects() ? t("建设项目", "Projects") : t("消防检查", "Fire checks"), [
    ...Object.entries(sets()).filter(([code]) => !["failed", "hazard"].includes(code)).map(([, [name, test, mark, colour]]) => [el("span", { class: "ring key", style: `--ring:${colour}` }, mark), name, count(found.rows.filter(test).length)]),
    !isProjects() && [el("span", { class: "ring key is-hazard", style: "--ring:#a1201c" }, ""), t("加粗：有未销隐患", "bold: open hazard"), count(found.rows.filter(FIRE.hazard[1]).length)],
  ].filter(Boolean), found.has_synthetic ? t("合成数据", "Synthetic data") : null);
}

function reveal(row) {
  opened = row.code;
  at = Math.floor(Math.max(0, shown().indexOf(row)) / 20);
  draw();
  document.querySelector(`#results [data-code="${CSS.escape(row.code)}"]`)?.scrollIntoView({ block: "center" });
}
