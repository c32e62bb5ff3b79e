// What does the answer say in one sentence, what is missing from it, and what does it rest on?

import { basis, fallsBack, subject } from "atlas/access/question.js";
import { areasShown, hasSynthetic, indicator, sayParts, sayValue, synthetic, total, view } from "atlas/access/view.js";
import { drawSources } from "atlas/board.js";
import { el } from "atlas/dom.js";
import { BASES, count, day, isKnown, known, moment, t, unknown } from "atlas/words.js";

const PARTS = { areas: t("单元", "areas"), people: t("人口", "people"), facilities: t("设施", "facilities"), roads: t("道路", "roads") };
const answers = () => [view.coverage, view.measures].filter(Boolean);

/** The answer in one sentence, and under it what it was counted from. */
export function headline() {
  const { summary } = view.coverage;
  const sum = total();
  const parts = sayParts(sum).map(strong);
  return el("div", { class: "headline" },
    el("p", {}, synthetic(), " ", `${subject(summary)}${t("：", ": ")}`, indicator().headline(parts, strong(sayValue(sum)), view.measures, sum)),
    el("p", { class: "row-note" }, [
      t(`${BASES[summary.basis] ?? BASES[basis()]}人口`, `${BASES[summary.basis] ?? BASES[basis()]} population`),
      isKnown(summary.base_year) ? t(`${summary.base_year} 年`, `of ${summary.base_year}`) : t("年份未知", "year unknown"),
      isKnown(summary.on) && t(`截至 ${summary.on}`, `as of ${summary.on}`),
      isKnown(summary.facilities) && t(`计入设施 ${count(summary.facilities)} 处`, `${count(summary.facilities)} facilities counted`),
      summary.across_border === false && t("不计界外设施", "without facilities across the border"),
    ].filter(Boolean).join(" · ")));
}

const strong = (text) => el("strong", {}, text);

/** On foot: which areas have no network, whom the ways leave out, and the way to the straight line. */
export function networkNotes(setFallback) {
  const { summary } = view.coverage;
  if (summary.measure !== "walk") return null;
  const rows = areasShown().map(({ properties: p }) => p);
  const bare = rows.filter((p) => p.status === "no_network");
  const fallen = rows.filter((p) => p.measured_by === "line");
  const names = (some) => (some.length > 8 ? t(`${some.slice(0, 8).map((p) => p.area_name).join("、")}等 ${some.length} 个单元`, `${some.length} areas`) : some.map((p) => p.area_name).join(t("、", ", ")));
  return [
    bare.length > 0 && el("div", { class: "warning", id: "no-network" },
      el("p", {}, bare.length === rows.length ? t("这里没有步行路网，步行结果未知；未用直线代替。", "There is no walking network here: unknown on foot, and no straight line stands in for it.")
        : t(`${names(bare)}没有步行路网，结果未知，未计入合计；未用直线代替。`, `No walking network in ${names(bare)}: unknown and not in the total; no straight line stands in for it.`)),
      el("button", { type: "button", class: "plain", onclick: () => setFallback(true) }, t("无路网处按直线计算", "Use straight lines where there is no network"))),
    fallsBack() && fallen.length > 0 && el("div", { class: "warning", id: "fallen-back" },
      el("p", {}, t(`${names(fallen)}没有步行路网，应您的要求按直线计算；实际步行更远，不宜与步行结果直接比较。`, `No walking network in ${names(fallen)}: counted by straight lines as you asked. Walking is farther; do not compare them with areas on foot.`)),
      el("button", { type: "button", class: "plain", onclick: () => setFallback(false) }, t("不用直线", "No straight lines"))),
    beside(summary),
  ];
}

function beside(summary) {
  const { too_far_60: far, island_60: island } = summary.total;
  const said = [
    far > 0 && t(`${count(far)} 名 60 岁以上老人离道路超过 ${summary.on_foot?.snap_limit_m ?? "?"} 米`, `${count(far)} people aged 60+ live more than ${summary.on_foot?.snap_limit_m ?? "?"} m from any way`),
    island > 0 && t(`${count(island)} 名在与主路网不相连的道路上`, `${count(island)} on ways apart from the main network`),
  ].filter(Boolean);
  return said.length > 0 && el("p", { class: "hint" }, t(`${said.join("，")}，计为够不着。`, `${said.join("; ")}: counted as out of reach.`));
}

/** One phrase per source: 「设施：合成数据 2026-11-22（合成）」. */
const sourceLines = () => [...new Set(answers().flatMap((one) => one.sources ?? []).map((one) =>
  `${PARTS[one.what] ?? one.what}${t("：", ": ")}${known(one.source)}${isKnown(one.source_date) ? ` ${day(one.source_date)}` : ""}${one.is_synthetic ? t("（合成）", " (synthetic)") : ""}`))];

const ESTIMATES = {
  data: t("失能人数为各人口格网数据中的估计值。", "Dependent people: the estimates in the data of each cell."),
  rate: t("失能人数按 60 岁以上人口乘失能率估计。", "Dependent people: those aged 60+ times the rate."),
  mixed: t("失能人数：有的单元取格网数据的估计值，有的按失能率估计。", "Dependent people: from the data of cells in some areas, by the rate in others."),
};

/** How the numbers were made, from what, when. */
export function method() {
  const { summary } = view.coverage;
  const ruled = view.measures ?? view.coverage;
  const out = summary?.unplaced?.people_60;
  return el("div", { class: "source" },
    el("h2", {}, t("方法与来源", "Method and sources")),
    el("p", {}, `${t("方法：", "Method: ")}${known(t(ruled.method, ruled.method_en ?? ruled.method))}`),
    indicator().parts().includes("disabled") && el("p", {}, ESTIMATES[view.measures?.total.disabled_by] ?? t("没有失能估计数，也未设失能率。", "There is no estimate of dependence and no rate is set.")),
    view.measures && isKnown(view.measures.disabled_rate) && indicator().parts().includes("disabled") && el("p", {}, t(`失能率 ${(100 * view.measures.disabled_rate).toFixed(1)}%，来源：${known(view.measures.disabled_source)}`, `Rate of dependence ${(100 * view.measures.disabled_rate).toFixed(1)}%, source: ${known(view.measures.disabled_source)}`)),
    el("p", {}, `${t("来源：", "Sources: ")}${known(sourceLines().join(t("；", "; ")))}`),
    out > 0 && el("p", {}, t(`另有 ${count(out)} 名 60 岁以上老人不在任何单元内，未计入。`, `${count(out)} more people aged 60+ lie in no area and are not counted.`)),
    el("p", {}, `${t("计算时间：", "Computed: ")}${isKnown(ruled.computed_at) ? moment(ruled.computed_at) : unknown()}`),
    el("p", {}, t("「不公布」：人数太少，为保护个人不公布；「未知」：没有数据。", "“withheld”: too few people to publish; “unknown”: there are no data.")),
    hasSynthetic() && el("p", {}, synthetic(), " ", t("人口、设施、道路或片区含合成数据，不是真实情况。", "People, facilities, roads or zones are partly synthetic: not the real situation.")));
}

/** The line of sources under the map. */
export function drawSourceLine() {
  drawSources([
    `${t("来源：", "Source: ")}${known(sourceLines().join(t("；", "; ")))}`,
    `${t("计算 ", "Computed ")}${day(view.coverage.computed_at)}`,
    hasSynthetic() ? t("含合成数据", "synthetic in part") : null,
  ]);
}
