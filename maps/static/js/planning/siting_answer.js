// What does an answer about where to build say: what is gained, what is proven, in which years?

import { choose } from "atlas/state.js";
import { drawLegend } from "atlas/board.js";
import { patch } from "atlas/classes.js";
import { el, put } from "atlas/dom.js";
import { sign } from "atlas/marks.js";
import { page } from "atlas/page.js";
import { choice } from "atlas/rows.js";
import { attempt } from "atlas/planning/attempt.js";
import { input, methodBox, synthetic, table, tiles } from "atlas/planning/desk.js";
import { send } from "atlas/planning/door.js";
import { money, signed } from "atlas/planning/words.js";
import { count, isKnown, kindName, metres, percent, t } from "atlas/words.js";

const FIRST_YEAR = new Date().getFullYear() + 1;
const YEARS = Array.from({ length: 10 }, (_, i) => FIRST_YEAR + i);
let years = new Map(); // code of a chosen site → its year
let of = null; // the answer that the years belong to

/** Draw one plan of an answer; `turn(number)` shows another one. */
export function drawAnswer(host, answer, { plan, asked, turn, standing, onpick }) {
  if (of !== answer) [of, years] = [answer, new Map()];
  const shown = answer.plans[plan];
  if (shown.status === "infeasible") {
    put(host, el("div", { class: "proof is-none", role: "status" }, el("strong", {}, t("没有可行方案", "No plan is possible")), el("p", {}, t(shown.status_zh, shown.status_en))), methodBox(answer, { sources: answer.sources }));
    return;
  }
  const again = () => drawAnswer(host, answer, { plan, asked, turn, standing, onpick });
  put(host,
    headline(answer, shown, asked),
    proof(shown),
    answer.plans.length > 1 && choice(t("方案", "Plans"), answer.plans.map((one, i) => [i, planName(one, i), i ? lossWords(one) : ""]), plan, turn),
    plan > 0 && el("p", { class: "hint" }, lossWords(shown)),
    el("h2", {}, t(`选定 ${count(shown.chosen.length)} 处，作用大的在前`, `${count(shown.chosen.length)} sites, the most useful first`)),
    phases(shown, again),
    el("ol", { class: "rows chosen" }, shown.chosen.map((one) => el("li", { "data-code": one.code }, chosenRow(one, asked, onpick)))),
    saveForm(answer, shown, asked),
    el("h2", {}, t("分区变化", "Change by area")),
    areaTable(answer),
    methodBox(answer, { sources: answer.sources, also: [t(`人数取 ${answer.rounded_to} 的倍数，过小的不公布。`, `Counts are multiples of ${answer.rounded_to}; smaller ones are withheld.`)] }));
  drawLegend(t("选址结果", "The answer"), [
    [el("span", { class: "ring solid key" }, "1"), t("选定，按作用编号", "chosen, by use"), count(shown.chosen.length)],
    [sign(asked.kind, { size: 20 }), t("现有，保留", "existing, stays"), count(standing.length)],
    [el("span", { class: "spot" }), t("可用候选", "can be used"), ""],
    [el("span", { class: "spot is-out" }, "×"), t("排除的候选", "excluded"), count(answer.excluded.length)],
    asked.goal.startsWith("cover") && [patch("rgb(74 63 143 / .3)", "#4a3f8f"), t(`新增覆盖（${metres(asked.radius_m)}）`, `newly covered (${metres(asked.radius_m)})`), ""],
    asked.goal.startsWith("cover") && [patch("rgb(86 112 138 / .18)", "#56708a"), t("现有覆盖", "covered today"), ""],
    [patch("url(#hatch)", "#b34700"), t("今天够不着", "out of reach today"), ""],
  ].filter(Boolean), answer.has_synthetic ? t("合成数据", "Synthetic data") : null);
}

const planName = (one, i) => (i ? t(`次优 ${i}`, `Next ${i}`) : t("最优方案", "Best plan"));
const lossWords = (one) => (isKnown(one.loss_share) ? t(`比最优方案差 ${percent(one.loss_share)}`, `${percent(one.loss_share)} worse than the best`) : "");

function headline(answer, shown, asked) {
  const age = answer.age;
  const covers = asked.goal.startsWith("cover");
  const gain = isKnown(shown.covered) && isKnown(answer.covered_before) ? shown.covered - answer.covered_before : null;
  return [
    el("p", { class: "headline", tabindex: "-1" }, synthetic(answer.has_synthetic), " ",
      t(`新建 ${count(shown.chosen.length)} 处${kindName(answer.kind)}，`, `${count(shown.chosen.length)} new: ${kindName(answer.kind)}. `),
      covers
        ? [t(`${age} 岁以上够得着的老人由 `, `Elders ${age}+ within reach: from `), el("strong", {}, count(answer.covered_before)), t(" 人增至 ", " to "), el("strong", {}, count(shown.covered)), t(" 人。", ".")]
        : [t("到最近一处平均 ", "On average "), el("strong", {}, metres(shown.mean_m)), t("，最远 ", " to the nearest, at most "), el("strong", {}, metres(shown.worst_m)), t("。", ".")]),
    tiles([
      isKnown(gain) && [t("新增覆盖", "Newly reached"), `${signed(gain)}`, t("人", "people"), "is-good"],
      [t("覆盖率", "Share"), percent(isKnown(shown.covered) && answer.people > 0 ? shown.covered / answer.people : null), t(`共 ${count(answer.people)} 人`, `of ${count(answer.people)}`)],
      [t("仍够不着", "Still out of reach"), count(answer.uncovered), isKnown(answer.unreachable) ? t(`其中 ${count(answer.unreachable)} 人附近没有候选点`, `${count(answer.unreachable)} of them near no candidate`) : ""],
      isKnown(shown.cost_cny) && [t("改造费用", "Cost"), money(shown.cost_cny), t("候选点估算之和", "sum of estimates")],
    ]),
  ];
}

/** What is proven: optimal, or how far off it can be at most. */
function proof(shown) {
  const isBest = shown.status === "optimal";
  const most = shown.gap === null ? null : percent(Math.ceil(shown.gap * 1000) / 1000);
  return el("div", { class: `proof ${isBest ? "is-best" : "is-near"}` },
    el("span", { class: "proof-sign", "aria-hidden": "true" }, isBest ? "✓" : "≈"),
    el("div", {}, el("strong", {}, isBest ? t("已证明最优", "Proven to be the best") : t(`与理论上限相差不超过 ${most}`, `At most ${most} away from the best there can be`)),
      el("p", {}, isBest
        ? t("在这些候选点和条件下，不存在更好的选法。", "With these candidates and conditions no choice is better.")
        : t("时限内求得；再算更久，最多也只能好这么多。", "Found in the time given; more time could gain no more than this."))));
}

function chosenRow(one, asked, onpick) {
  const covers = asked.goal.startsWith("cover");
  const year = el("select", { "aria-label": t(`${one.name} 的建设年份`, `Year of ${one.name}`), onchange: (event) => years.set(one.code, event.target.value) },
    [["", t("不分年", "any year")], ...YEARS.map((y) => [String(y), String(y)])].map(([value, name]) => el("option", { value, selected: (years.get(one.code) ?? "") === value }, name)));
  return el("div", { class: "row still" },
    el("button", { type: "button", class: "number as-button", "aria-label": t(`在地图上看 ${one.order} ${one.name}`, `Show ${one.order} ${one.name} on the map`), onclick: () => onpick(one) }, one.order),
    el("span", { class: "row-text" }, el("span", { class: "row-name" }, one.name, " ", synthetic(one.is_synthetic)),
      el("span", { class: "row-note" }, covers
        ? t(`新增覆盖 ${withheld(one.gained)}，半径内共 ${withheld(one.within)}`, `${withheld(one.gained)} newly reached, ${withheld(one.within)} within the radius`)
        : t(`将服务 ${withheld(one.served)}`, `serves ${withheld(one.served)}`))),
    el("span", { class: "row-end year-pick" }, year));
}

const withheld = (value) => (isKnown(value) ? t(`${count(value)} 人`, `${count(value)} people`) : t("人数少，不公布", "few: withheld"));

/** Spread the sites over years: so many a year, the most useful first. */
function phases(shown, again) {
  const spread = (each) => {
    years = new Map(shown.chosen.map((one, i) => [one.code, String(YEARS[Math.min(YEARS.length - 1, Math.floor(i / each))])]));
    again();
  };
  if (shown.chosen.length < 2) return null;
  const half = Math.ceil(shown.chosen.length / 2);
  return el("div", { class: "actions", role: "group", "aria-label": t("分年建设", "Phases by year") }, el("span", { class: "hint" }, t("分年建设：", "Phases: ")),
    [...new Set([1, 2, half])].filter((each) => each < shown.chosen.length).map((each) => el("button", { type: "button", onclick: () => spread(each) }, t(`每年 ${each} 处`, `${each} a year`))),
    el("button", { type: "button", onclick: () => { years = new Map(); again(); } }, t("不分年", "any year")));
}

function saveForm(answer, shown, asked) {
  const told = el("div", { role: "status" });
  const standard = t(`${kindName(answer.kind)}新建${shown.chosen.length}处-${answer.on}`, `${kindName(answer.kind)}: ${shown.chosen.length} new, ${answer.on}`);
  const [nameField, name] = input(t("情景名称", "Name of the scenario"), { type: "text", maxlength: 60, required: true, value: standard });
  const [noteField, note] = input(t("说明（可不填）", "Remark (optional)"), { type: "text", maxlength: 100 });
  const save = async (event) => {
    event.preventDefault();
    const changes = shown.chosen.map((one) => ({ action: "add", candidate_code: one.code, name: one.name, ...(years.get(one.code) ? { year: Number(years.get(one.code)) } : {}) }));
    const made = await attempt(() => send("/scenarios", { name: name.value.trim(), kind: answer.kind, city: page.city.code, on: answer.on, changes, ...(note.value.trim() ? { note: note.value.trim() } : {}) }), told);
    if (made) {
      put(told, el("p", { class: "done" }, t(`已保存为情景「${made.name}」。`, `Kept as “${made.name}”.`), " ",
        el("button", { type: "button", class: "plain", id: "compare", onclick: () => compare(made.id, asked.radius_m) }, t("与今天对照", "Compare with today"))));
    }
  };
  return el("form", { class: "card-form", onsubmit: save }, el("h2", {}, t("保存为情景", "Keep as a scenario")), nameField, noteField,
    el("button", { type: "submit", class: "primary", id: "save-scenario" }, t("保存为情景", "Keep")), told);
}

function compare(scenario, radius) {
  document.querySelector('.views [data-view="scenarios"]').click();
  choose({ scenario, radius_m: radius });
  document.dispatchEvent(new CustomEvent("atlas:scenario"));
}

function areaTable(answer) {
  const changed = answer.areas.filter((row) => row.gained_60 !== 0).sort((a, b) => (b.gained_60 ?? -1) - (a.gained_60 ?? -1));
  const figure = (value, row) => (isKnown(value) ? count(value) : row.status === "measured" ? t("不公布", "withheld") : t("未知", "unknown"));
  const columns = [
    [t("单元", "Area"), (row) => [row.area_name, " ", synthetic(answer.has_synthetic)]],
    [t("60+ 总数", "Aged 60+"), (row) => figure(row.people_60, row)],
    [t("今天", "Today"), (row) => figure(row.covered_60_before, row)],
    [t("方案", "Plan"), (row) => figure(row.covered_60_after, row)],
    [t("增加", "Gain"), (row) => el("strong", {}, isKnown(row.gained_60) ? signed(row.gained_60) : figure(null, row))],
  ];
  return [
    table(columns, changed, { label: t("分区变化表", "Change by area"), foot: answer.total, caption: t("够得着的 60 岁以上老人，人；按最优方案", "People aged 60+ within reach; by the best plan") }),
    answer.areas.length > changed.length && el("p", { class: "hint" }, t(`另有 ${count(answer.areas.length - changed.length)} 个单元没有变化。`, `${count(answer.areas.length - changed.length)} other areas do not change.`)),
  ];
}
