// How did coverage change over the years? A small chart with the table that says the same.

import { shareLines } from "atlas/access/chart.js";
import { age, question, subject } from "atlas/access/question.js";
import { opened, synthetic, view } from "atlas/access/view.js";
import { ask, sorry } from "atlas/api.js";
import { el, put } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { choice } from "atlas/rows.js";
import { choose, chosen } from "atlas/state.js";
import { count, isKnown, percent, t, unknown, withheld } from "atlas/words.js";

const SPANS = [5, 10, 20];

/** The last year of the series is that of the day asked about. */
const lastYear = () => Number((chosen("on") || page.on || new Date().toISOString()).slice(0, 4));
const span = () => (SPANS.includes(Number(chosen("years"))) ? Number(chosen("years")) : 5);

/** Ask for the series and draw it; nothing is asked before this part is opened. */
export async function drawYears(host) {
  const { on, ...asked } = question();
  const years = `${lastYear() - span() + 1}-${lastYear()}`;
  put(host,
    el("h2", {}, t("历年覆盖", "Coverage over the years"), " ", synthetic()),
    choice(t("年限", "Years"), SPANS.map((many) => [many, t(`近 ${many} 年`, `${many} years`)]), span(), (many) => { choose({ years: many === 5 ? null : many }); drawYears(host); }),
    el("p", { class: "empty" }, t("正在逐年计算…", "Computing year by year…")));
  try {
    const found = await ask("/access/series", { ...asked, years }, "series");
    if (!found || !host.isConnected) return;
    host.querySelector(".empty")?.remove();
    host.append(...drawn(found));
  } catch (problem) {
    if (!host.isConnected) return;
    host.querySelector(".empty")?.remove();
    host.append(sorry(problem));
  }
}

const share = (row) => row?.[`share_${age()}`] ?? null;

function drawn(found) {
  const days = found.days;
  const labels = days.map(({ summary }) => summary.on.slice(0, 4));
  const area = view.coverage?.features.find((one) => one.properties.area_code === opened())?.properties;
  const rowOf = (one) => one.rows.find((row) => row.area_code === area?.area_code);
  const lines = [{ name: t("全市", "Whole city"), values: days.map(({ summary }) => share(summary.total)) }];
  if (area) lines.push({ name: area.area_name, values: days.map((one) => share(rowOf(one))) });
  const name = t(`${subject(days.at(-1).summary)}，${age()} 岁以上够得着的占比`, `${subject(days.at(-1).summary)}: share of people aged ${age()}+ within reach`);
  return [
    el("p", { class: "hint" }, name, area ? "" : t("。在「分区」中选一个单元，可加画它的曲线。", ". Choose an area under “Areas” to add its line.")),
    shareLines(t(`${name}，逐年；数值见下表`, `${name}, by year; the numbers stand in the table below`), labels, lines),
    table(days, area && ((one) => rowOf(one)), area?.area_name),
    el("p", { class: "source" }, t(found.note, found.note_en)),
    el("p", { class: "source" }, t("年份取该年末日，当年取查询当日。", "A year stands for its last day; the present one for today.")),
  ];
}

function table(days, rowOf, areaName) {
  const heads = [t("日期", "Day"), t("设施", "Sites"), t("够得着", "In reach"), t(`${age()} 岁以上`, `Aged ${age()}+`), t("占比", "Share"), areaName, t("人口年份", "Count of")].filter(Boolean);
  const say = (row, name, words = count) => (isKnown(row?.[name]) ? words(row[name]) : ["measured", "partial"].includes(row?.status) ? withheld() : unknown());
  return el("div", { class: "wide-table", tabindex: "0", role: "region", "aria-label": t("历年表", "Table of years") }, el("table", { class: "figures" },
    el("caption", {}, synthetic(), t(" 全市，人", " Whole city, people")),
    el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, days.map((one) => {
      const sum = one.summary.total;
      return el("tr", {}, el("th", { scope: "row", class: "tight" }, one.summary.on), el("td", {}, count(one.summary.facilities)),
        el("td", {}, say(sum, `covered_${age()}`)), el("td", {}, say(sum, `people_${age()}`)), el("td", {}, say(sum, `share_${age()}`, percent)),
        rowOf && el("td", {}, say(rowOf(one), `share_${age()}`, percent)), el("td", {}, count(one.summary.base_year).replace(/[,\s]/g, "")));
    }))));
}
