// Which estates handed over what they owe, and which areas keep the written rules?

import { drawLegend, layer, map, showPoint } from "atlas/board.js";
import { el, tell } from "atlas/dom.js";
import { choice, drawRows, select } from "atlas/rows.js";
import { choose, chosen } from "atlas/state.js";
import { attempt } from "atlas/planning/attempt.js";
import { chip, dot, drawAreas, methodBox, nameOf, question, results, synthetic, table, tiles } from "atlas/planning/desk.js";
import { ask } from "atlas/planning/door.js";
import { AREAS, oneDecimal, ruleState, SUBJECTS, VERDICTS } from "atlas/planning/words.js";
import { count, day, isKnown, known, native, percent, t } from "atlas/words.js";

const COLOURS = { pass: "#1b6e4b", fail: "#a1201c", unknown: "#5a6b76", not_due: "#5a6b76" };
const FILLS = { pass: "#bfe0d2", fail: "#e9b9b1" };
const TYPES = { new: t("新建小区", "new"), built: t("已建小区", "built") };
let found = null;
let at = 0;
let opened = null;

const isStandards = () => chosen("of") === "standards";
const areas = () => (chosen("areas") === "zone" ? "zone" : "district");

export async function open() {
  [found, at, opened] = [null, 0, null];
  drawQuestion();
  await load();
}

async function load() {
  found = isStandards() ? await ask("/planning/standards", { areas: areas(), on: chosen("on") }) : await ask("/planning/estates", { on: chosen("on") });
  if (!found) return;
  drawQuestion();
  draw();
}

function drawQuestion() {
  const again = (choices) => { choose(choices); [found, at, opened] = [null, 0, null]; layer("areas")?.clearLayers(); layer("sites")?.clearLayers(); drawQuestion(); results(); attempt(load); };
  const redraw = (choices) => { choose(choices); at = 0; drawQuestion(); if (found) draw(); };
  const kinds = choice(t("看什么", "What"), [["", t("小区配建", "Estates")], ["standards", t("标准核对", "Areas under the rules")]], isStandards() ? "standards" : "", (of) => again({ of, status: null, subject: null }));
  if (isStandards()) {
    const subjects = [...new Set((found?.rows ?? []).map((row) => row.subject))];
    question(kinds, choice(t("统计单元", "Areas"), ["district", "zone"].map((code) => [code, AREAS[code]]), areas(), (code) => again({ areas: code })),
      subjects.length > 0 && select(t("标准", "Rule"), subjects.map((code) => [code, SUBJECTS[code] ?? titleOf(code)]), subject(), (code) => redraw({ subject: code })));
    return;
  }
  const statuses = Object.keys(VERDICTS).filter((status) => found?.rows.some((row) => row.status === status));
  question(kinds, found && el("div", { class: "chips", role: "group", "aria-label": t("按结果筛选", "Filter by verdict") }, ["", ...statuses].map((status) =>
    el("button", { type: "button", class: "chip", "aria-pressed": String(chosen("status") === status), onclick: () => redraw({ status }) },
      status ? `${VERDICTS[status][1]} ${VERDICTS[status][0]} ${count(found.rows.filter((row) => row.status === status).length)}` : t(`全部 ${count(found.rows.length)}`, `All ${count(found.rows.length)}`)))));
}

const titleOf = (code) => found.rows.find((row) => row.subject === code)?.rule.title ?? code;
const subject = () => (found.rows.some((row) => row.subject === chosen("subject")) ? chosen("subject") : found.rows[0]?.subject);
const verdict = (status) => chip(status, VERDICTS[status]?.[1] ?? "?", VERDICTS[status]?.[0] ?? status);

function draw() {
  if (isStandards()) drawStandards();
  else drawEstates();
}

const shown = () => found.rows.filter((row) => !chosen("status") || row.status === chosen("status"));

function drawEstates() {
  const sum = found.total;
  const list = el("div", {});
  results(
    el("h2", { class: "answer-title" }, synthetic(found.has_synthetic), " ", t("小区养老服务用房配建", "Elder-care floor area of estates")),
    tiles([
      [t("达标率", "Pass rate"), percent(sum.rate), t(`${count(sum.passed)} ÷（${count(sum.passed)} + ${count(sum.failed)}）`, `${count(sum.passed)} ÷ (${count(sum.passed)} + ${count(sum.failed)})`)],
      [t("不达标", "Fail"), count(sum.failed), t("个小区", "estates"), "is-bad"],
      [t("未知", "Unknown"), count(sum.unknown), isKnown(sum.lowest) ? t(`查清后达标率在 ${percent(sum.lowest)}–${percent(sum.highest)}`, `once known, the rate lies in ${percent(sum.lowest)}–${percent(sum.highest)}`) : ""],
    ]),
    found.rules.map((rule) => el("p", { class: "rule" }, t(rule.title, `${rule.value} ${rule.unit}`), ruleState(rule.status) && [" ", el("span", { class: "tag" }, ruleState(rule.status))], el("span", { class: "small line" }, `${t("依据：", "By: ")}${known(native(rule.source))}`))),
    table([
      [t("区县", "District"), (row) => [row.area_name, " ", synthetic(row.has_synthetic)]], [t("达标", "Pass"), (row) => count(row.passed)], [t("不达标", "Fail"), (row) => count(row.failed)],
      [t("未知", "Unknown"), (row) => count(row.unknown)], [t("达标率", "Rate"), (row) => el("strong", {}, isKnown(row.rate) ? percent(row.rate) : "–")],
    ], found.districts, { foot: { ...sum, area_name: t("合计", "Total"), has_synthetic: false }, label: t("分区达标率", "Rates by district"), caption: t("达标率 = 达标 ÷（达标 + 不达标）；未知的单列", "Rate = pass ÷ (pass + fail); unknown ones stand apart") }),
    el("h2", {}, t("逐个小区，紧要的在前", "Estate by estate, the pressing first")), list,
    methodBox(found, { sources: found.sources }));
  const turn = (to) => { at = to; drawRows(list, shown(), at, { draw: estateRow, turn, empty: t("没有这一类小区。", "No such estate.") }); };
  turn(at);
  drawEstateMarks();
  tell(t(`${count(shown().length)} 个小区`, `${count(shown().length)} estates`));
}

function estateRow(row, number) {
  const isOpen = row.code === opened;
  return [
    el("button", { type: "button", class: "row", "data-code": row.code, "aria-expanded": String(isOpen), onclick: () => { opened = isOpen ? null : row.code; draw(); if (!isOpen && isKnown(row.lon)) showPoint([row.lon, row.lat], 14); } },
      el("span", { class: "number", style: `background:${COLOURS[row.status]}` }, number),
      el("span", { class: "row-text" }, el("span", { class: "row-name" }, row.name, " ", synthetic(row.is_synthetic)), el("span", { class: "row-note" }, `${nameOf.get(row.district_code) ?? ""} · ${TYPES[row.estate_type] ?? row.estate_type} · ${t(`${count(row.households)} 户`, `${count(row.households)} households`)}`)),
      el("span", { class: "row-end" }, verdict(row.status), el("span", { class: "small" }, `${oneDecimal(row.provided_m2)} / ${oneDecimal(row.required_m2)} ㎡`))),
    el("div", { class: "card-place arithmetic", hidden: !isOpen }, el("p", {}, t(row.words, row.words_en)), el("p", { class: "small" }, `${t("规划批准 ", "Approved ")}${day(row.approved_on)} · ${t("移交 ", "handed over ")}${day(row.handed_over_on)}`)),
  ];
}

function drawEstateMarks() {
  if (!map) return;
  const group = layer("sites").clearLayers();
  for (const row of shown()) {
    if (!isKnown(row.lon)) continue;
    group.addLayer(dot([row.lon, row.lat], VERDICTS[row.status][1], `${row.name} ${VERDICTS[row.status][0]}`, { colour: COLOURS[row.status], look: row.status === "unknown" ? "hollow" : "", size: 24, isOpen: row.code === opened, onclick: () => reveal(row.code) }));
  }
  const of = (status) => found.rows.filter((row) => row.status === status).length;
  drawLegend(t("小区配建", "Estates"), Object.keys(VERDICTS).filter(of).map((status) => [el("span", { class: "ring key", style: `--ring:${COLOURS[status]}` }, VERDICTS[status][1]), VERDICTS[status][0], count(of(status))]), found.has_synthetic ? t("合成数据", "Synthetic data") : null);
}

function reveal(code) {
  opened = code;
  at = Math.floor(Math.max(0, shown().findIndex((row) => row.code === code)) / 20);
  draw();
  document.querySelector(`#results [data-code="${CSS.escape(code)}"]`)?.scrollIntoView({ block: "center" });
}

function drawStandards() {
  const rows = found.rows.filter((row) => row.subject === subject());
  const rule = rows[0]?.rule;
  const passed = rows.filter((row) => row.status === "pass").length;
  results(
    el("h2", { class: "answer-title" }, synthetic(found.has_synthetic), " ", SUBJECTS[subject()] ?? titleOf(subject())),
    tiles([[t("达标的单元", "Areas that pass"), `${count(passed)} / ${count(rows.length)}`, AREAS[found.areas]], [t("不达标", "Fail"), count(rows.filter((row) => row.status === "fail").length), "", "is-bad"], [t("未知", "Unknown"), count(rows.filter((row) => row.status === "unknown").length)]]),
    rule && el("p", { class: "rule" }, t(rule.title, `${rule.value ?? ""} ${rule.unit}`), ruleState(rule.status) && [" ", el("span", { class: "tag" }, ruleState(rule.status))], el("span", { class: "small line" }, `${t("依据：", "By: ")}${known(native(rule.source))}`)),
    table([
      [t("单元", "Area"), (row) => [row.area_name, " ", synthetic(row.is_synthetic), el("span", { class: "small line" }, t(row.words, row.words_en).split(/。|\. /)[0])]],
      [t("应有", "Required"), (row) => oneDecimal(row.required)], [t("已有", "Provided"), (row) => oneDecimal(row.provided)], [t("结果", "Verdict"), (row) => verdict(row.status)],
    ], rows, { label: t("标准核对表", "Areas under the rule"), caption: t("应有与已有，算式在名称之下", "Required and provided; the sum stands below the name") }),
    found.without_rule.length > 0 && el("p", { class: "hint" }, t(`本地没有生效规则的：${found.without_rule.map((code) => SUBJECTS[code] ?? code).join("、")}`, `No rule is in force here for: ${found.without_rule.map((code) => SUBJECTS[code] ?? code).join(", ")}`)),
    methodBox(found, { sources: found.sources }));
  drawAreas(found.areas, rows, { colourOf: (row) => FILLS[row.status] ?? null, say: (row) => `${VERDICTS[row.status][1]} ${VERDICTS[row.status][0]}` });
  drawLegend(SUBJECTS[subject()] ?? "", Object.keys(VERDICTS).filter((status) => rows.some((row) => row.status === status)).map((status) => [el("span", { class: "patch", style: `background:${FILLS[status] ?? "#f3f5f5"}` }), `${VERDICTS[status][1]} ${VERDICTS[status][0]}`, count(rows.filter((row) => row.status === status).length)]), found.has_synthetic ? t("合成数据", "Synthetic data") : null);
  tell(t(`${count(rows.length)} 个单元`, `${count(rows.length)} areas`));
}
