// How do areas stand by an indicator, with numerator, denominator and rule, and who ranks where?

import { drawLegend } from "atlas/board.js";
import { patch, UNKNOWN } from "atlas/classes.js";
import { el, tell } from "atlas/dom.js";
import { choice, select } from "atlas/rows.js";
import { choose, chosen } from "atlas/state.js";
import { attempt } from "atlas/planning/attempt.js";
import { dayField, drawAreas, input, methodBox, question, results, synthetic, table, tiles } from "atlas/planning/desk.js";
import { ask } from "atlas/planning/door.js";
import { classAt, classesFor } from "atlas/planning/scale.js";
import { AREAS, oneDecimal, ruleState, signed, unitName, valued } from "atlas/planning/words.js";
import { count, isKnown, known, native, percent, plain, t } from "atlas/words.js";

let catalogue = [];
let found = null;
let league = null;
let picked = null;

const entry = () => catalogue.find((one) => one.id === chosen("indicator")) ?? catalogue.find((one) => one.id === "beds-per-1000") ?? catalogue[0];
const areas = () => (entry().levels.includes(chosen("areas")) ? chosen("areas") : ["district", "city"].find((one) => entry().levels.includes(one)) ?? entry().levels[0]);
const isRanked = () => chosen("as") === "league";

export async function open() {
  [found, league, picked] = [null, null, null];
  catalogue = (await ask("/indicators", { city: null }))?.indicators ?? [];
  if (!catalogue.length) return;
  drawQuestion();
  await load();
}

async function load() {
  tell(t("正在计算…", "Computing…"));
  const asked = { areas: areas(), on: chosen("on") };
  const path = `/planning/indicators/${entry().id}`;
  const [values, ranks] = await Promise.all([
    ask(path, asked, "values"), isRanked() ? ask(`${path}/league`, { ...asked, since: chosen("since") }, "league") : null,
  ]);
  if (!values) return;
  [found, league] = [values, ranks];
  draw();
  tell(t(`${count(found.rows.length)} 个单元`, `${count(found.rows.length)} areas`));
}

function drawQuestion() {
  const one = entry();
  const set = (choices) => { choose(choices); picked = null; drawQuestion(); attempt(load); };
  question(
    select(t("指标", "Indicator"), catalogue.map((each) => [each.id, t(each.title, each.title_en)]), one.id, (indicator) => set({ indicator })),
    choice(t("统计单元", "Areas"), one.levels.map((code) => [code, AREAS[code]]), areas(), (code) => set({ areas: code })),
    choice(t("看法", "Show as"), [["", t("分区数值", "By area")], ["league", t("排名", "League table")]], isRanked() ? "league" : "", (as) => set({ as })),
    el("div", { class: "pair" }, isRanked() && input(t("与哪一天比较（可不填）", "Compared with (optional)"), { type: "date", value: chosen("since"), max: new Date().toISOString().slice(0, 10), onchange: (event) => set({ since: event.target.value }) })[0], dayField()));
}

const figure = (row) => valued(row.value, found.indicator.unit);

function draw() {
  const one = found.indicator;
  const name = t(one.title, one.title_en);
  const rule = found.threshold;
  const met = found.rows.filter((row) => row.meets === true).length;
  const judged = found.rows.filter((row) => row.meets !== null).length;
  results(
    el("h2", { class: "answer-title" }, synthetic(found.has_synthetic), " ", isRanked() ? t(`${name}排名`, `${name}: league table`) : name, el("span", { class: "small" }, ` · ${AREAS[found.areas]} · ${found.on}`)),
    tiles([
      [t("全市", "Whole city"), figure(found.total), unitName(one.unit)],
      [t("分子 ÷ 分母", "Numerator ÷ denominator"), `${whole(found.total.numerator)} ÷ ${whole(found.total.denominator)}`, found.total.unknown > 0 ? t(`另有 ${count(found.total.unknown)} 个未知，不计入`, `${count(found.total.unknown)} unknown, not counted`) : "", "is-long"],
      rule && judged > 0 && [t("达到目标的单元", "Areas that meet the target"), `${count(met)} / ${count(judged)}`, `${t("目标 ", "Target ")}${rule.value === null ? "" : valued(rule.value, one.unit)}`],
    ]),
    rule && el("p", { class: "rule" }, t(rule.title, `Target: ${rule.value ?? ""} ${rule.unit}`), ruleState(rule.status) && [" ", el("span", { class: "tag" }, ruleState(rule.status))], el("span", { class: "small line" }, `${t("依据：", "By: ")}${known(native(rule.source))}`)),
    isRanked() && league ? leagueTable(one) : valueTable(one),
    el("details", { class: "fold" }, el("summary", {}, t("定义与公式", "Definition and formula")), el("div", { class: "folded source" },
      el("p", { lang: "zh-CN" }, one.definition), el("p", { lang: "zh-CN" }, `${t("公式：", "Formula: ")}${one.formula}`),
      el("p", {}, `${t("编号 ", "Id ")}`, el("code", {}, one.id), one.is_internal && t(" · 内部指标，不公开", " · internal, not public")),
      found.check?.adds_up !== null && found.check && el("p", {}, `${found.check.adds_up ? "✓" : "✗"} `, found.check.adds_up ? t("各单元之和与全市一致", "The areas add up to the whole") : shortSum()))),
    methodBox(isRanked() && league ? { ...found, method: league.method, method_en: league.method_en } : found, { sources: found.sources }));
  drawMap(one);
}

const whole = (value) => (Number.isInteger(value) || !isKnown(value) ? count(value) : oneDecimal(value));
const shortSum = () => t(`各单元之和 ${whole(found.check.sum)} 与全市 ${whole(found.check.total)} 不一致，差 ${signed(found.check.difference, whole)}`, `The areas add up to ${whole(found.check.sum)}, the whole says ${whole(found.check.total)}: ${signed(found.check.difference, whole)}`);
const rowOf = (row) => ({ class: row.area_code === picked ? "is-open" : "", "data-code": row.area_code });
const areaCell = (row) => [el("button", { type: "button", onclick: () => pick(row.area_code) }, row.area_name), " ", synthetic(Boolean(row.mark))];

function valueTable(one) {
  const hasRule = found.rows.some((row) => row.meets !== null);
  return table([
    [t("单元", "Area"), (row) => (row === found.total ? t("合计", "Total") : areaCell(row))],
    [t("数值", "Value"), (row) => [el("strong", {}, figure(row)), row.note && el("span", { class: "small line" }, plain(row.note))]],
    [t("分子", "Numerator"), (row) => whole(row.numerator)],
    [t("分母", "Denominator"), (row) => whole(row.denominator)],
    hasRule && [t("目标", "Target"), (row) => (row.meets === null ? "–" : row.meets ? t("✓ 达到", "✓ met") : t("✗ 未达到", "✗ not met"))],
  ].filter(Boolean), found.rows, { rowOf, foot: found.total, label: t("指标表", "Table of the indicator"), caption: unitName(one.unit) });
}

function leagueTable(one) {
  const isShare = one.unit.startsWith("share of");
  const change = (row) => (isKnown(row.change) ? signed(row.change, (value) => (isShare ? t(`${(value * 100).toFixed(1)} 个百分点`, `${(value * 100).toFixed(1)} pts`) : oneDecimal(value))) : "–");
  const moved = (row) => (!isKnown(row.rank_change) || row.rank_change === 0 ? "" : row.rank_change > 0 ? ` ↑${row.rank_change}` : ` ↓${-row.rank_change}`);
  return table([
    [t("名次", "Rank"), (row) => (isKnown(row.rank) ? [el("strong", { class: "rank" }, row.rank), row.is_tied && el("span", { class: "small" }, t("（并列）", " (tied)")), moved(row) && el("span", { class: "small" }, moved(row))] : t("不排名", "not ranked"))],
    [t("单元", "Area"), areaCell, "at-left"],
    [t("数值", "Value"), (row) => [el("strong", {}, valued(row.value, one.unit)), row.notes.map((note) => el("span", { class: "small line" }, plain(note)))]],
    [t("分子 ÷ 分母", "Num. ÷ den."), (row) => `${whole(row.numerator)} ÷ ${whole(row.denominator)}`],
    isKnown(league.compared_with) && [t(`自 ${league.compared_with}`, `Since ${league.compared_with}`), change],
  ].filter(Boolean), league.rows, { rowOf, label: t("排名表", "League table"), caption: [synthetic(league.has_synthetic), " ", one.higher_is_better ? t("从高到低；数值相同并列；未知的不排名", "Highest first; equal values share a rank; unknown ones have none") : t("从低到高；数值相同并列；未知的不排名", "Lowest first; equal values share a rank; unknown ones have none")] });
}

function pick(code) {
  picked = picked === code ? null : code;
  draw();
  document.querySelector(`#results [data-code="${CSS.escape(code)}"]`)?.scrollIntoView({ block: "nearest" });
}

function drawMap(one) {
  const classes = classesFor(found.rows.map((row) => row.value), one.unit);
  const isDrawn = ["district", "zone"].includes(found.areas);
  drawAreas(isDrawn ? found.areas : "district", isDrawn ? found.rows : [], {
    colourOf: (row) => (isKnown(row.value) ? classes[classAt(classes, row.value)].colour : null), say: figure, open: picked, onpick: pick,
  });
  const say = (value) => (one.unit.startsWith("share of") ? percent(value) : oneDecimal(value));
  const inClass = (i) => found.rows.filter((row) => isKnown(row.value) && classAt(classes, row.value) === i).length;
  const unknownOnes = found.rows.filter((row) => !isKnown(row.value)).length;
  drawLegend(t(one.title, one.title_en), isDrawn ? [
    ...classes.map((each, i) => [patch(each.colour), i + 1 < classes.length ? `${say(each.from)} – ${say(classes[i + 1].from)}` : t(`${say(each.from)} 以上`, `${say(each.from)} and more`), t(`${inClass(i)} 个`, String(inClass(i)))]).reverse(),
    unknownOnes > 0 && [patch(UNKNOWN), t("未知", "unknown"), t(`${unknownOnes} 个`, String(unknownOnes))],
  ].filter(Boolean) : [], found.has_synthetic ? t("合成数据", "Synthetic data") : null);
  if (!isDrawn && found.areas === "township") tell(t("乡镇街道没有公开图形，只列不画。", "Townships have no open outlines: listed, not drawn."));
}
