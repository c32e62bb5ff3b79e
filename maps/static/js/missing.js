// Which areas lack a facility that each of them must have?

import { ask, sorry } from "atlas/api.js";
import { el, put } from "atlas/dom.js";
import { known, kindName, t, word } from "atlas/words.js";

/** Fill the table of what is missing; present ones are only counted. */
export async function drawMissing(host, question) {
  try {
    const found = await ask("/access/missing", question, "missing");
    if (!found) return put(host, el("p", { class: "empty" }, t("没有这项数据。", "Not available.")));
    const rows = found.rows ?? found.missing ?? found.features?.map((one) => one.properties) ?? [];
    const lacking = rows.filter((row) => row.status !== "present");
    return put(host,
      el("p", { class: "hint" }, t(`${rows.length} 项要求中 ${rows.length - lacking.length} 项已有。`, `${rows.length - lacking.length} of ${rows.length} requirements are met.`)),
      lacking.length ? table(lacking) : el("p", { class: "empty" }, t("没有缺少。", "Nothing is missing.")),
      sourceOf(found));
  } catch (problem) {
    return put(host, sorry(problem));
  }
}

function table(rows) {
  return el("div", { class: "wide-table", tabindex: "0", role: "region", "aria-label": t("缺少的设施", "What is missing") }, el("table", { class: "figures left" },
    el("thead", {}, el("tr", {}, [t("单元", "Area"), t("应有", "Required"), t("状态", "State")].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, rows.slice(0, 300).map((row) => el("tr", {},
      el("th", { scope: "row" }, row.area_name), el("td", {}, requirement(row)), el("td", {}, word("missing", row.status)))))));
}

const requirement = (row) => (row.kinds ? row.kinds.map(kindName).join(t(" 或 ", " or ")) : known(row.kind ? kindName(row.kind) : row.rule_name));

const sourceOf = (found) => (found.rule_set || found.source) && el("p", { class: "source" }, `${t("依据", "Basis")}: ${known(found.rule_set ?? found.source)}`);
