// How evenly is access spread over people? The Lorenz curve of all people asked about, with its numbers.

import { lorenzCurve } from "atlas/access/chart.js";
import { within } from "atlas/access/question.js";
import { synthetic, view } from "atlas/access/view.js";
import { el } from "atlas/dom.js";
import { isKnown, percent, t } from "atlas/words.js";

/** The curve beside a table of its points, and what it rests on. */
export function lorenz() {
  const { gini, lorenz: points } = view.measures ?? {};
  const title = el("h2", {}, t("洛伦兹曲线", "Lorenz curve"), " ", synthetic());
  if (!points || !isKnown(gini)) {
    return [title, el("p", { class: "empty" }, t("曲线与基尼系数不公布：人数太少，或少数人占有较多供给；也可能供给未知。", "The curve and Gini are withheld: too few people, or few of them hold much of the supply; or supply is unknown."))];
  }
  return [
    title,
    el("p", { class: "hint" }, t(`基尼系数 ${gini.toFixed(2)}。曲线按人口格网计算，每 ${step(points)} 的老人取一点，占比取整到 1%，不显示任何一个格网。`, `Gini ${gini.toFixed(2)}. The curve is of cells of people, one point every ${step(points)} of elders, shares to 1%; no cell is shown.`),
      within() ? t("此处为全市，不分区县。", " This is the whole city.") : ""),
    lorenzCurve(t("洛伦兹曲线，数值见下表", "Lorenz curve; the numbers stand in the table below"), points),
    el("table", { class: "figures" },
      el("caption", {}, t("所得最少的老人在前，累计", "Elders with least access first, cumulated")),
      el("thead", {}, el("tr", {}, [t("老人累计", "Elders"), t("供给累计", "Supply")].map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, points.slice(1).map(([people, held]) => el("tr", {}, el("th", { scope: "row" }, percent(people)), el("td", {}, percent(held)))))),
  ];
}

const step = (points) => `${+(100 / (points.length - 1)).toFixed(1)}%`;
