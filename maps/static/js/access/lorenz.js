// How evenly is access spread over people? The Lorenz curve of the areas, with its numbers.

import { lorenzCurve } from "atlas/access/chart.js";
import { areasShown, figuresOf, synthetic, view } from "atlas/access/view.js";
import { el } from "atlas/dom.js";
import { isKnown, percent, t } from "atlas/words.js";

/** Points [share of people, share of supply within reach, area], the areas with least first; or null. */
export function curve(areas) {
  const known = areas.filter(({ value, people }) => isKnown(value) && people > 0).sort((a, b) => a.value - b.value);
  const [people, held] = [sum(known, (one) => one.people), sum(known, (one) => one.people * one.value)];
  if (known.length < 2 || !held) return null;
  let [x, y] = [0, 0];
  return [[0, 0], ...known.map((one) => [(x += one.people) / people, (y += one.people * one.value) / held, one.name])];
}

const sum = (rows, read) => rows.reduce((all, row) => all + read(row), 0);

/** The curve beside a table of its points, and what it cannot show. */
export function lorenz() {
  const areas = areasShown().map((area) => ({ name: area.properties.area_name, value: figuresOf(area).value, people: figuresOf(area).parts[0] }));
  const points = curve(areas);
  const left = areas.filter((one) => !isKnown(one.value)).length;
  const said = [
    el("h2", {}, t("洛伦兹曲线", "Lorenz curve"), " ", synthetic()),
    el("p", { class: "hint" }, isKnown(view.measures?.gini)
      ? t(`基尼系数 ${view.measures.gini.toFixed(2)}，按人口格网计算；曲线按单元平均值绘制，单元之内的差别不在图上。`, `Gini ${view.measures.gini.toFixed(2)}, among cells of people; the curve is drawn from means of areas and does not show differences inside them.`)
      : t("基尼系数不公布：有设施的服务范围内人数太少。曲线按单元平均值绘制。", "Gini is withheld: some catchments hold too few people. The curve is drawn from means of areas.")),
  ];
  if (!points) return [...said, el("p", { class: "empty" }, t("可公布的单元不足两个，不画曲线。", "Fewer than two areas can be published: no curve."))];
  return [
    ...said, lorenzCurve(t("洛伦兹曲线，数值见下表", "Lorenz curve; the numbers stand in the table below"), points),
    el("table", { class: "figures" },
      el("caption", {}, t("可及性由低到高累计", "Areas with least access first, cumulated"), left ? t(`；另有 ${left} 个单元不公布或未知，不在内`, `; ${left} more are withheld or unknown`) : ""),
      el("thead", {}, el("tr", {}, [t("到此单元", "Up to"), t("老人累计", "Elders"), t("供给累计", "Supply")].map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, points.slice(1).map(([a, b, name]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, percent(a)), el("td", {}, percent(b)))))),
  ];
}
