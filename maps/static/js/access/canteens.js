// How many meals can each canteen serve in a month, how many did it serve, and who lives around?

import { reach, distanceInWords, basis } from "atlas/access/question.js";
import { sorted, sortable } from "atlas/access/table.js";
import { ask, sorry } from "atlas/api.js";
import { el, put } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { PAGE_SIZE, pageOf } from "atlas/rows.js";
import { choose, chosen } from "atlas/state.js";
import { count, isKnown, known, percent, t, tenths, withheld } from "atlas/words.js";

let answer = null; // {key, found}
let at = 0;

/** Ask for the month and draw its table; nothing is asked before this part is opened. */
export async function drawCanteens(host, pick) {
  const asked = { city: page.city.code, ...reach(), basis: basis() === "registered" ? "registered" : null, on: chosen("on"), month: chosen("month") };
  const key = JSON.stringify(asked);
  if (answer?.key === key) return draw(host, pick);
  [answer, at] = [null, 0];
  put(host, el("p", { class: "empty" }, t("正在计算供餐…", "Computing meals…")));
  try {
    const found = await ask("/access/canteens", asked, "canteens");
    if (!found || !host.isConnected) return undefined;
    answer = { key, found };
    return draw(host, pick);
  } catch (problem) {
    return host.isConnected && put(host, monthField(host, pick), sorry(problem));
  }
}

const monthField = (host, pick) => el("label", { class: "field" }, el("span", {}, t("月份", "Month")),
  el("input", { type: "month", value: chosen("month") || answer?.found.month || "", onchange: (event) => { if (event.target.value) { choose({ month: event.target.value }); drawCanteens(host, pick); } } }));

/** People around are withheld where few; meals that nobody delivered are unknown. */
const people = (value) => (isKnown(value) ? count(value) : withheld());

function columns(pick) {
  return [
    { code: "name", head: t("食堂", "Canteen"), key: (row) => row.name, cell: (row) => [el("button", { type: "button", onclick: () => pick(row.code) }, row.name), " ", row.is_synthetic && el("span", { class: "synthetic" }, t("合成", "synthetic"))] },
    { code: "capacity", head: t("月能力", "Capacity"), key: (row) => row.capacity, cell: (row) => [count(row.capacity), isKnown(row.capacity) && el("span", { class: "row-note line tight" }, `${count(row.meals_per_day)}×${row.days_open}`, t(" 天", " d"), row.days_assumed && t("（按每日）", " (assumed)"))] },
    { code: "meals", head: t("实际供餐", "Served"), key: (row) => row.meals, cell: (row) => [count(row.meals), isKnown(row.used) && el("span", { class: "row-note line" }, percent(row.used))] },
    { code: "around", head: t("服务人口", "Around"), key: (row) => row.catchment_60, cell: (row) => people(row.catchment_60) },
    { code: "nearest", head: t("就近人口", "Nearest"), key: (row) => row.nearest_60, cell: (row) => people(row.nearest_60) },
    { code: "each", head: t("人均月餐", "Per elder"), key: perElder, cell: (row) => (isKnown(perElder(row)) ? tenths(perElder(row)) : row.nearest_60 === 0 ? "—" : isKnown(row.capacity) ? withheld() : t("未知", "unknown")) },
  ];
}

/** Capacity for each elder to whom no other canteen is nearer. */
const perElder = (row) => (isKnown(row.capacity) && row.nearest_60 > 0 ? row.capacity / row.nearest_60 : null);

function body(host, pick) {
  const { found } = answer;
  if (!found.rows.length) return el("p", { class: "empty" }, t("没有已公开的老年食堂。", "No published canteen."));
  const shape = columns(pick);
  const order = chosen("meals") || "-nearest";
  const rows = sorted(found.rows, shape, order);
  const stated = rows.filter((row) => isKnown(row.capacity));
  const capacity = stated.length ? stated.reduce((sum, row) => sum + row.capacity, 0) : null;
  const served = rows.filter((row) => isKnown(row.meals)).length;
  const turn = (to) => { choose({ meals: to }); at = 0; draw(host, pick); host.querySelector(`[data-sort="${to.replace("-", "")}"]`)?.focus(); };
  return [
    el("p", { class: "hint" }, t(
      `${found.month}：${count(rows.length)} 处，其中 ${count(stated.length)} 处已注明日供餐份数，月能力合计 ${count(capacity)} 份；${served ? `${count(served)} 处有实际供餐数` : "实际供餐数均未交付，未知"}。服务人口：${distanceInWords(found)}内，可重复计；就近人口：只计入最近一处；人均月餐 = 月能力 ÷ 就近人口。`,
      `${found.month}: ${count(rows.length)} canteens, ${count(stated.length)} state meals a day, together ${count(capacity)} meals a month; ${served ? `${count(served)} have told meals served` : "meals served were not delivered: unknown"}. Around: people within ${distanceInWords(found)}; nearest: those to whom no other canteen is nearer; per elder: capacity ÷ nearest.`)),
    sortable({ caption: t(`${found.title}；人口为 60 岁以上`, `${found.title_en}; people aged 60+`), label: t("供餐表", "Table of canteens"), columns: shape, rows: pageOf(rows, at), order, turn }),
    pager(rows, host, pick),
    el("p", { class: "source" }, t(found.method, found.method_en), ` ${t("来源：", "Sources: ")}`,
      known([...new Set((found.sources ?? []).map((one) => `${known(one.source)}${one.is_synthetic ? t("（合成）", " (synthetic)") : ""}`))].join(t("；", "; ")))),
  ];
}

const draw = (host, pick) => put(host, el("h2", {}, t("助餐：能力与服务人口", "Meals: capacity and people around")), monthField(host, pick), body(host, pick));

function pager(rows, host, pick) {
  const last = Math.ceil(rows.length / PAGE_SIZE) - 1;
  if (last < 1) return null;
  const turn = (to) => { at = to; draw(host, pick); };
  return [el("nav", { class: "pager", "aria-label": t("翻页", "Pages") },
    el("button", { type: "button", disabled: at === 0, onclick: () => turn(at - 1) }, t("上一页", "Previous")),
    el("span", {}, `${count(at * PAGE_SIZE + 1)}–${count(Math.min(rows.length, (at + 1) * PAGE_SIZE))} / ${count(rows.length)}`),
    el("button", { type: "button", disabled: at >= last, onclick: () => turn(at + 1) }, t("下一页", "Next")))];
}
