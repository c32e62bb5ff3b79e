// How is one listed name kept: its state, sign and surveys, and everything that was entered for it?

import { showPoint } from "atlas/board.js";
import { byId, el, put, tell } from "atlas/dom.js";
import { facts } from "atlas/rows.js";
import { chosen } from "atlas/state.js";
import { chip, results, synthetic } from "atlas/naming/desk.js";
import { heritage } from "atlas/naming/door.js";
import { drawPlaces, leafOf } from "atlas/naming/nominations/place.js";
import { recordForm } from "atlas/naming/protection/entry.js";
import { history } from "atlas/naming/protection/history.js";
import { SURVEYS, kindWord, listLine, loadKinds, valueWord } from "atlas/naming/protection/words.js";
import { count, known, t, unknown, word } from "atlas/words.js";

/** Draw one name of the list with its record; `changed()` answers its row once something was entered. */
export async function drawOne(item, changed) {
  const [kinds, found] = await Promise.all([loadKinds(), heritage.ask(`/${encodeURIComponent(item.code)}/records`, { city: null }, "item")]);
  if (!found || chosen("item") !== item.code) return; // somebody went back meanwhile
  const [head, past] = [el("div"), el("div")];
  const draw = (row, records) => {
    put(head, about(row, records));
    put(past, history(item.code, records, then(t("已撤回，原记录保留。", "Withdrawn; the entry stays in the record."))));
  };
  const then = (said) => async (answer) => {
    const row = (await changed()) ?? item;
    if (chosen("item") !== item.code) return;
    draw(row, answer.records);
    tell(said);
    byId("protected").focus();
  };
  const form = recordForm(item.code, kinds, t(found.law_zh, found.law_en), then(t("已登记。", "Entered.")));
  draw(item, found.records);
  results(head, form, past);
  tell(t(`保护记录 ${count(found.records.length)} 条`, `${count(found.records.length)} records`));
  const [point] = await drawPlaces([{ code: item.code, name: item.name, sign: SURVEYS[item.survey_state][1] }], t("名录中的地名", "The listed name"));
  if (point) showPoint(point, 11);
}

function about(row, records) {
  const last = (kind) => records.find((one) => one.kind === kind && !one.withdrawn); // the newest comes first
  const told = (kind) => {
    const one = last(kind);
    return one ? [valueWord(kind, one.value), el("span", { class: "line small" }, t(`截至 ${one.on_date}`, `as of ${one.on_date}`), " · ", t("来源：", "Source: "), one.source ?? unknown())] : unknown();
  };
  return [
    el("h2", { class: "answer-title", id: "protected", tabindex: "-1" }, row.name, " ", synthetic(row.is_synthetic)),
    el("p", { class: "state-line" }, chip(SURVEYS[row.survey_state]), " ", row.is_public
      ? el("a", { href: leafOf("heritage", row.code) }, t("看公众看到的一页 →", "See the page that everybody sees →"))
      : t("未公开，公众看不到。", "Not public: nobody else sees it.")),
    facts([
      [kindWord("protection"), told("protection")], [kindWord("sign"), told("sign")],
      [t("最近调查", "Last survey"), last("survey") ? [last("survey").on_date, el("span", { class: "line small" }, t("来源：", "Source: "), last("survey").source ?? unknown())] : unknown()],
      [t("下次调查", "Next survey"), known(row.survey_due)],
      [t("名录", "Lists"), row.lists.map((one) => el("span", { class: "line" }, listLine(one)))],
      [t("地名类别", "Class"), word("feature", row.feature_class)], [t("所在", "Lies in"), known(row.unit_name)], [t("地名代码", "Place code"), row.code],
    ]),
  ];
}
