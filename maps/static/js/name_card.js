// All that is known of one place: its names through time, lists, positions, sources.

import { el } from "atlas/dom.js";
import { facts } from "atlas/rows.js";
import { day, isKnown, known, t, word, years } from "atlas/words.js";

const span = (name) => {
  const parts = [name.start_earliest ?? name.start_latest, name.end_latest ?? name.end_earliest];
  return parts.some(isKnown) ? years(...parts) : t("年代未知", "years unknown");
};

/** The card of `{place, called, year}` as the API answers it. */
export function nameCard({ place, called, year }) {
  const certain = (called ?? []).filter((one) => one.verdict === "certain");
  const vague = (called ?? []).filter((one) => one.verdict !== "certain");
  return [
    isKnown(year) && [
      el("h2", {}, t(`${year} 年叫什么`, `Called in ${year}`)),
      certain.length
        ? el("ul", { class: "names" }, certain.map((one) => el("li", {}, el("strong", {}, one.name), el("span", { class: "tag" }, t("有据", "certain")), el("span", { class: "row-note" }, t(one.why_zh, one.why_en)))))
        : el("p", { class: "hint" }, t("不详：没有年代可据的名称。", "Unknown: no name with years on record.")),
      vague.length > 0 && [
        el("h3", {}, t("今名，该年是否已用不详", "Today's names, not known to be in use then")),
        el("p", {}, vague.map((one) => one.name).join(t("、", ", "))),
      ],
    ],
    el("h2", {}, t("今名与旧名", "Names now and then")),
    el("ul", { class: "names" }, (place.names ?? []).map((one) => el("li", {},
      el("strong", {}, one.name), el("span", { class: "pinyin", lang: "zh-Latn" }, one.pinyin ?? ""), el("span", { class: "tag" }, word("name", one.kind)),
      el("span", { class: "row-note" }, span(one)),
      one.reading_status === "uncertain" && el("span", { class: "row-note" }, t("读音待核", "reading to be confirmed")),
      isKnown(one.certainty) && one.certainty !== "certain" && el("span", { class: "row-note" }, t("来源存疑", "doubtful"))))),
    (place.listings ?? []).length > 0 && [
      el("h2", {}, t("名录", "Lists")),
      el("ul", { class: "names" }, place.listings.map((one) => el("li", {}, el("span", { class: "tag strong" }, word("family", one.family)),
        [one.list_name, one.list_class, word("level", one.list_level), one.batch, one.listed_year].filter(isKnown).join(" · ")))),
    ],
    facts([
      [t("类别", "Class"), word("feature", place.feature_class)],
      [t("所在", "Lies in"), known(place.in_unit_name)],
      [t("位置", "Position"), word("quality", place.position_quality)],
      [t("来历含义", "Origin"), known(place.origin)],
    ]),
    el("p", { class: "source" }, `${t("来源：", "Sources: ")}${(place.sources ?? [place.source]).filter(isKnown).join(t("；", "; ")) || t("未知", "unknown")} · ${day(place.source_date)}`,
      isKnown(place.attribution) && el("span", { class: "line" }, place.attribution)),
  ];
}
