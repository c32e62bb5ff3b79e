// What is the history of the divisions, as a sheet that can be printed and hung on a wall?

import { byId, el, put, tell } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { drawSources, resized } from "atlas/board.js";
import { approvalLine, districts } from "atlas/survey/ground.js";
import { FIRST_YEAR, panelData } from "atlas/survey/lanes.js";
import { panelChart, typeName, typeOf } from "atlas/survey/panel_chart.js";
import { panelMap } from "atlas/survey/panel_map.js";
import { CAUTION, documentOf, eventDay } from "atlas/survey/words.js";
import { count, isKnown, known, native, t } from "atlas/words.js";
import { chosen } from "atlas/state.js";

const lastDay = () => chosen("on") || new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date());

function sheet({ found, lanes, events }) {
  const types = ["county", "city", "district", "other"].filter((type) => lanes.some((lane) => lane.rows.flat().some((stage) => typeOf(stage.name) === type)));
  const map = panelMap(districts());
  const unknown = events.filter((one) => !isKnown(one.effective_on)).length;
  return el("article", { class: "exhibit", "aria-labelledby": "exhibit-title" },
    el("header", { class: "exhibit-head" },
      el("div", {},
        el("h2", { id: "exhibit-title" }, t(`${page.city.name}县级行政区划沿革`, `${page.city.name}: county-level divisions through time`)),
        el("p", { class: "exhibit-span" }, `${FIRST_YEAR}–${lastDay().slice(0, 4)}`)),
      el("p", { class: "exhibit-lead" }, lead(found, events))),
    el("figure", { class: "exhibit-chart", tabindex: "0" },
      panelChart(lanes, lastDay()),
      el("figcaption", {},
        types.map((type) => el("span", { class: `key is-${type}` }, typeName(type))),
        el("span", { class: "key is-number" }, el("i", {}, "n"), t("变更编号，见表", "number of the change in the table")),
        el("span", { class: "key is-open" }, t("锯齿：起始未知", "jagged: start unknown")))),
    el("div", { class: "exhibit-low" },
      map && el("figure", { class: "exhibit-map" }, map, el("figcaption", {}, t("今日区划（示意）", "Divisions of today (schematic)"), mapApproval())),
      table(events)),
    el("footer", { class: "exhibit-foot" },
      el("p", {}, el("strong", {}, CAUTION), " ", unknown > 0 && t(`${count(unknown)} 次变更只知年份，自当年 1 月 1 日计。`, `Of ${count(unknown)} changes only the year is known: they count from 1 January. `),
        !events.some((one) => isKnown(one.approver)) && t("资料未载批准机关。", "The sources name no approving office.")),
      el("p", {}, t("来源：", "Sources: "), sources(found, events).join(t("；", "; ")), t("。", "."), found.has_synthetic && el("strong", {}, t("含合成数据。", " Holds synthetic data.")))));
}

const mapApproval = () => el("span", { class: "line" }, page.approvals?.units ? t(`审图号：${page.approvals.units}`, `Map approval no.: ${page.approvals.units}`) : t("未经地图审核，仅限内部演示", "Not reviewed as a map: internal demonstration only"));

function lead(found, events) {
  const now = found.changes.filter((one) => !one.kinds.includes("ended")).map((one) => one.name_after);
  return t(`${events.length} 次登记的变更。今天 ${now.length} 个县级单位：${now.join("、")}。`, `${events.length} changes on record. Today ${now.length} county-level divisions: ${now.join(", ")}.`);
}

const sources = (found, events) => {
  const version = (text) => native(text).replace(/, event \d+$/, "");
  return [...new Set([...found.changes, ...events].map((one) => one.source).filter(isKnown).map(version))];
};

/** The table in two halves beside each other, so that a sheet holds it whole. */
function table(events) {
  const half = events.length > 7 ? Math.ceil(events.length / 2) : events.length;
  const halves = [events.slice(0, half), events.slice(half)].filter((rows) => rows.length);
  const approvers = events.some((one) => isKnown(one.approver));
  return el("div", { class: `exhibit-tables${halves.length > 1 ? " is-double" : ""}` }, halves.map((rows, at) =>
    el("table", { class: "figures left" },
      el("caption", {}, at ? t("变更一览（续）", "All changes, continued") : t("变更一览", "All changes")),
      el("thead", {}, el("tr", {}, [t("号", "No."), t("时间", "When"), t("变更", "Change"), t("文号", "Document"), approvers && t("批准机关", "Approved by")].filter(Boolean).map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, rows.map((one) => el("tr", {},
        el("td", {}, el("span", { class: "event-key" }, one.number)),
        el("td", { class: "tight" }, eventDay(one)),
        el("th", { scope: "row" }, el("span", { class: "line kind" }, one.kind), el("span", { class: "line" }, members(one.predecessors), " → ", members(one.successors))),
        el("td", {}, isKnown(one.document_no) ? documentOf(one) : known(null)),
        approvers && el("td", {}, known(one.approver))))))));
}

const members = (those) => those.map((one) => `${one.name} ${one.code.slice(0, 6)}`).join(t("、", ", ")) || t("（无）", "(none)");

/** Open this view; answers what undoes it. */
export async function openView(stays) {
  byId("board").dataset.wide = "";
  resized();
  const data = await panelData(lastDay());
  if (!data || !stays()) return null;
  tell(t(`${data.events.length} 次变更，${data.lanes.length} 条沿革线`, `${data.events.length} changes, ${data.lanes.length} lines of history`));
  drawSources([approvalLine("old-units")]);
  put(byId("question"), el("p", { class: "sheet-tools" },
    el("button", { type: "button", class: "plain", id: "print", onclick: () => print() }, t("打印展板（A3 横幅）", "Print the panel (A3, landscape)")),
    el("span", { class: "hint" }, t("图表由登记的变更逐条画出，不补未知。", "Drawn from the changes on record; nothing unknown is filled in."))));
  put(byId("results"), sheet(data));
  return () => { delete byId("board").dataset.wide; resized(); };
}

