// Which areas lack a facility that each of them must have by a written rule?

import { ask, sorry } from "atlas/api.js";
import { el, put } from "atlas/dom.js";
import { count, isKnown, kindName, known, t, word } from "atlas/words.js";

const PRESSING = ["lacking", "planned", "under_construction", "paused", "unknown"];
const MOST = 300;

/** Fill in, rule by rule, which areas lack what it asks; met requirements are only counted. */
export async function drawMissing(host, question) {
  try {
    const found = await ask("/access/missing", question, "missing");
    put(host, found?.rules?.length
      ? found.rules.map((rule) => ruleTable(rule, found.rows.filter((row) => row.rule_code === rule.code)))
      : el("p", { class: "empty" }, t("没有适用的配置标准。", "No rule applies here.")));
  } catch (problem) {
    put(host, sorry(problem));
  }
}

function ruleTable(rule, rows) {
  const open = rows.filter((row) => row.status !== "present");
  const counted = PRESSING.map((status) => [status, open.filter((row) => row.status === status).length]).filter(([, number]) => number);
  return [
    el("h3", {}, rule.title, " ", rule.status !== "verified" && el("span", { class: "tag" }, t("标准待核实", "rule to be verified"))),
    el("p", { class: "hint" }, t(`${count(rows.length)} 个单元，已有 ${count(rows.length - open.length)} 个`, `${count(rows.length)} areas, ${count(rows.length - open.length)} have it`),
      counted.map(([status, number]) => ` · ${word("missing", status)} ${count(number)}`)),
    open.length > 0 && el("details", { class: "fold" },
      el("summary", {}, t(`列出 ${count(open.length)} 个`, `List ${count(open.length)}`)),
      el("table", { class: "figures left" },
        el("thead", {}, el("tr", {}, [t("单元", "Area"), t("应有", "Required"), t("状态", "State")].map((name) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, open.slice(0, MOST).map((row) => el("tr", {},
          el("th", { scope: "row" }, row.area_name),
          el("td", {}, rule.kinds.map(kindName).join(t(" 或 ", " or "))),
          el("td", {}, word("missing", row.status), isKnown(row.judged_by) && row.judged_by === "stated" && el("span", { class: "row-note line" }, t("按填报单位判断", "judged by the stated division")))))))),
    el("p", { class: "source" }, `${t("依据：", "Basis: ")}${known(rule.source)}`),
  ];
}
