// How does a rule's answer look: outcome by sign and word, evidence with distance, source with status?

import { el } from "atlas/dom.js";
import { facts } from "atlas/rows.js";
import { chip, synthetic } from "atlas/naming/desk.js";
import { OUTCOMES, outcomeOf, RULE_STATES } from "atlas/naming/words.js";
import { isKnown, known, metres, t, word, years } from "atlas/words.js";

const ORDER = Object.keys(OUTCOMES);

/** Results from the gravest to what does not apply. */
export const sorted = (results) => [...results].sort((a, b) => ORDER.indexOf(outcomeOf(a)) - ORDER.indexOf(outcomeOf(b)));

/** Places that rules met, each once, in the order of the list: code → number. */
export function numbered(results) {
  const numbers = new Map();
  for (const result of results) for (const one of result.evidence) if (!numbers.has(one.place_code)) numbers.set(one.place_code, numbers.size + 1);
  return numbers;
}

/** The rules that say something stand open, those that found nothing are folded. */
export function ruleRows(results, numbers = null, pick = null) {
  const all = sorted(results);
  const part = (codes) => all.filter((one) => codes.includes(outcomeOf(one)));
  const row = (one) => ruleRow(one, numbers, pick);
  const [loud, quiet, never] = [part(["must_not", "avoid", "review", "unchecked"]), part(["not_fired"]), part(["not_applicable"])];
  const fold = (words, some) => some.length > 0 && el("details", { class: "fold" }, el("summary", {}, words), el("ul", { class: "rule-rows folded" }, some.map(row)));
  return [
    el("ul", { class: "rule-rows" }, loud.map(row)),
    fold(t(`未发现问题的规则 ${quiet.length} 条`, `Rules that found nothing: ${quiet.length}`), quiet),
    fold(t(`不适用的规则 ${never.length} 条`, `Rules that do not apply: ${never.length}`), never),
  ];
}

function ruleRow(result, numbers, pick) {
  const { rule } = result;
  return el("li", { class: `rule-row is-${OUTCOMES[outcomeOf(result)][0]}`, "data-rule": rule.id },
    el("div", { class: "rule-head" }, chip(OUTCOMES[outcomeOf(result)]), el("h3", {}, t(rule.title_zh, rule.title_en))),
    el("p", {}, t(result.zh, result.en)),
    result.evidence.length > 0 && el("ol", { class: "evidence" }, result.evidence.map((one) => evidence(one, numbers, pick))),
    el("p", { class: "rule-source" }, rule.article, t("，", "; "), el("span", { class: `tag${rule.status === "in_force" ? " strong" : ""}` }, RULE_STATES[rule.status] ?? rule.status)));
}

function evidence(one, numbers, pick) {
  const isDrawn = isKnown(one.lon) && isKnown(one.lat);
  const number = numbers?.get(one.place_code);
  return el("li", {},
    number && el("button", { type: "button", class: `number${isDrawn ? "" : " hollow"}`, disabled: !isDrawn || !pick, "aria-label": t(`在地图上看 ${number} ${one.name}`, `Show ${number} ${one.name} on the map`), onclick: () => pick?.(one) }, number),
    el("div", {},
      el("strong", {}, one.name), " ", synthetic(one.is_synthetic), " ", el("span", { class: "tag" }, word("name", one.name_kind)), " ",
      one.place_name !== one.name && el("span", {}, t(`今名 ${one.place_name} `, `now ${one.place_name} `)),
      el("span", { class: "row-note line" }, [
        t(one.relation_zh, one.relation_en), known(one.in_unit_name),
        isKnown(one.distance_m) ? t(`相距 ${metres(one.distance_m)}`, `${metres(one.distance_m)} away`) : isDrawn ? word("quality", one.position_quality) : t("位置未知，距离不可算", "position unknown, no distance"),
        isKnown(one.start_year) || isKnown(one.end_year) ? years(one.start_year, one.end_year) : null,
      ].filter(isKnown).join(" · ")),
      el("span", { class: "row-note line" }, `${t("来源：", "Source: ")}${known(one.source)}`)));
}

/** What was compared: parts of the name, sounds, area. */
export const comparedFacts = (found, kind) => facts([
  [t("类别", "Kind"), kind],
  [t("专名＋通名", "Parts"), `${found.specific || "—"} ＋ ${found.generic || t("（无通名）", "(no generic part)")}`],
  [t("读音", "Sound"), el("span", { lang: "zh-Latn" }, found.readings.join(t("；", "; ")), found.reading_is_uncertain && el("span", { class: "tag", lang: t("zh-CN", "en") }, t("读音待核，各读音都已比对", "to be confirmed; all were compared")))],
  [t("比对范围", "Compared in"), found.scope_zh],
  [t("所在", "Lies in"), found.around.join(" · ") || t("未知：未给位置或区划", "unknown: no place was given")],
  [t("核查日期", "As of"), found.on],
]);
