// How was a nomination scored, by which sheet, and which marks are missing?

import { ask } from "atlas/api.js";
import { el, put, tell } from "atlas/dom.js";
import { select } from "atlas/rows.js";
import { attempt, input } from "atlas/naming/desk.js";
import { heritage } from "atlas/naming/door.js";
import { sendingForm, signed } from "atlas/naming/nominations/fields.js";
import { isKnown, t, unknown } from "atlas/words.js";

/** Marks by sheet, asked for when they are unfolded; entered as long as the nomination is open. */
export function scoresBox(item) {
  const [host, told] = [el("div"), el("div")];
  let sheets = null;
  let code = null;
  const path = () => `/nominations/${item.code}/scores`;
  const load = async () => {
    sheets ??= (await ask("/heritage/words", {}, "sheets"))?.sheets.filter((one) => one.families.includes(item.family)) ?? [];
    if (!sheets.length) return put(host, el("p", {}, t("没有适用的评分表。", "There is no sheet for this kind of list.")));
    code ??= sheets[0].code;
    const found = await heritage.ask(path(), { city: null, sheet: code }, "scores");
    if (found) draw(found);
    return null;
  };
  const draw = (found) => put(host,
    sheets.length > 1 && select(t("评分表", "Sheet"), sheets.map((one) => [one.code, t(one.zh, one.en)]), code, (one) => { code = one; attempt(load, told); }),
    table(found),
    ["published", "withdrawn"].includes(item.state) ? el("p", { class: "hint" }, t("已公布或撤回，不再评分。", "Published or withdrawn: no more marks.")) : entry(found.sheet));
  const entry = (sheet) => sendingForm({
    id: "enter-marks", title: t("登记评分", "Enter marks"), button: t("登记评分", "Enter marks"),
    given: (value) => {
      const marks = sheet.criteria.map((one) => [one.code, value(`mark-${one.code}`)]).filter(([, mark]) => mark);
      return { sheet: sheet.code, marks: marks.length ? Object.fromEntries(marks.map(([one, mark]) => [one, Number(mark)])) : "" };
    },
    send: (body) => heritage.send(path(), body),
    done: (found) => { draw(found); tell(t("评分已登记。", "The marks were entered.")); },
  }, el("fieldset", { class: "where", name: "marks" }, el("legend", {}, t("分数；没有把握的留空，按未知计", "Marks; leave empty what is not known")),
    el("div", { class: "size-fields" }, sheet.criteria.map((one) => input(t(`${one.zh}（0–${one.most}）`, `${one.en} (0–${one.most})`), { type: "number", name: `mark-${one.code}`, min: 0, max: one.most, step: "any", inputmode: "decimal" })[0]))), signed());
  return el("details", { class: "fold", id: "scores", ontoggle: (event) => event.target.open && attempt(load, told) }, el("summary", {}, t("评分", "Marks")), el("div", { class: "folded" }, host, told));
}

const figure = (value) => (isKnown(value) ? String(Number(value.toFixed(2))) : unknown());

function table({ sheet, whole, criteria, by_role, mean, least, most }) {
  const roles = Object.keys(by_role);
  const heading = (words) => el("th", { scope: "col" }, words);
  const source = el("p", { class: "source" }, t(sheet.source, sheet.source_en));
  const name = t(`${sheet.zh}${sheet.status === "example" ? "（示例，不是官方规定）" : ""}，满分 ${figure(whole)}`, `${sheet.en}${sheet.status === "example" ? " (an example, not official)" : ""}, at most ${figure(whole)}`);
  if (!roles.length) return [el("p", {}, name), el("p", { class: "hint" }, t("还没有评分。", "No marks yet.")), source];
  return [
    el("div", { class: "wide-table", tabindex: 0, role: "region", "aria-label": t("评分", "Marks") }, el("table", { class: "figures" }, el("caption", {}, name),
      el("thead", {}, el("tr", {}, [t("指标", "Criterion"), ...roles, t("平均", "Mean")].map(heading))),
      el("tbody", {}, criteria.map((one) => el("tr", {}, el("th", { scope: "row" }, t(one.criterion.zh, one.criterion.en)), roles.map((role) => el("td", {}, figure(one.by_role[role]))), el("td", {}, figure(one.mean))))),
      el("tfoot", {}, el("tr", {}, el("th", { scope: "row" }, t("加权合计", "Weighted sum")), roles.map((role) => el("td", {}, figure(by_role[role]))), el("td", {}, figure(mean)))))),
    el("p", { class: "hint" }, isKnown(mean) ? t(`合计最低 ${figure(least)}，最高 ${figure(most)}；缺分的不计合计。`, `Sums from ${figure(least)} to ${figure(most)}; none where a mark is missing.`) : t("有缺分，合计未知。", "Marks are missing: the sum is unknown.")),
    source,
  ];
}
