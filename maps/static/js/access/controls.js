// How does the reader choose: the kind, the measure, the distance, the areas, the people, the day?

import { INDICATORS } from "atlas/access/indicators.js";
import { age, basis, fallsBack, held, isOnFoot, MINUTES, offered, pace, question, RADII, reach, within } from "atlas/access/question.js";
import { indicator, view } from "atlas/access/view.js";
import { byId, el, put } from "atlas/dom.js";
import { kindsOf, page } from "atlas/page.js";
import { choice, foldedOnPhone, select, tick } from "atlas/rows.js";
import { choose, chosen } from "atlas/state.js";
import { AREAS, BASES, kindName, metres, t } from "atlas/words.js";

const FLOATING = { "2sfca": t("2SFCA（两步）", "2SFCA"), e2sfca: t("E2SFCA（分段衰减）", "E2SFCA (steps)"), gaussian: t("高斯衰减", "Gaussian decay") };

const CONTROLS = "button, select, input, summary";
const nameOf = (control) => `${control.tagName} ${control.closest("label")?.firstChild.textContent ?? control.textContent}`;

/**
 * Draw all controls; the keyboard stays on the one that it was on. `ask(choices)` asks anew, `redraw(choices)` only shows the answer differently,
 * `focus(code)` brings a district into view.
 */
export function drawControls({ ask, redraw, focus }) {
  const host = byId("controls");
  const focused = host.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  put(host,
    el("div", { class: "pair" }, kindSelect(ask), held ? null : measureSelect(ask)),
    ...[foldedOnPhone("fold-how", summaryOfHow(), false,
      el("div", { class: held ? null : "pair is-how" },
        held ? null : choice(t("距离", "Distance"), [["line", t("直线", "Line"), t("直线距离", "straight line")], ["walk", t("步行", "Walk"), t("沿道路步行", "on foot along the roads")]], isOnFoot() ? "walk" : "line",
          (measure) => ask({ measure: measure === "walk" ? "walk" : null, minutes: null, radius_m: null })),
        lengthChoice(ask)),
      choice(t("统计单元", "Areas"), offered("areas", Object.keys(AREAS)).map((code) => [code, AREAS[code]]), question().areas, (areas) => ask({ areas })),
      more({ ask, redraw, focus }))].flat());
  if (focused) [...host.querySelectorAll(CONTROLS)].find((one) => nameOf(one) === focused)?.focus();
}

function kindSelect(ask) {
  const named = (codes) => offered("kind", codes).map((code) => [code, kindName(code)]);
  return select(t("设施种类", "Kind of facility"), page.groups.map((group) => ({
    group: t(group.zh, group.en),
    options: named([group.code, ...kindsOf(group.code)]).map(([code, name]) => [code, code === group.code ? t(`${name}（合计）`, `${name} (all)`) : name]),
  })).filter((one) => one.options.length), question().kind, (kind) => ask({ kind, facility: null }));
}

const measureSelect = (ask) => select(t("指标", "Measure"), Object.entries(INDICATORS).map(([code, one]) => [code, one.name]),
  Object.entries(INDICATORS).find(([, one]) => one === indicator())[0], (show) => ask({ show: show === "covered" ? null : show, sort: null }));

/** Minutes on foot, metres in a straight line; a length of one's own stands under "more". */
const lengthChoice = (ask) => (isOnFoot()
  ? choice(t("步行时间", "Walking time"), MINUTES.map((one) => [one, t(`${one} 分钟`, `${one} min`)]), reach().minutes ?? null, (minutes) => ask({ minutes, radius_m: null }))
  : choice(t("半径", "Radius"), offered("radius_m", RADII).map((one) => [one, metres(one)]), question().radius_m, (radius_m) => ask({ radius_m, minutes: null })));

const isDisabled = () => indicator() === INDICATORS.disabled;
const DISABLED = t("失能（估计）", "dependent (estimate)");

/** Ages are shown from one answer; dependent people are a measure of their own. */
function ageSelect({ ask, redraw }) {
  const ages = indicator().hasGaps || isDisabled() ? ["60", "65", "80"] : ["60"];
  const people = [...ages.map((one) => [one, t(`${one} 岁以上`, `${one}+`)]), ages.length > 1 && !held && ["disabled", DISABLED]].filter(Boolean);
  return select(t("人群", "People"), people, isDisabled() ? "disabled" : indicator().hasGaps ? age() : "60", (one) => {
    if (one === "disabled") ask({ show: one, sort: null });
    else if (isDisabled()) ask({ show: null, sort: null, age: one === "60" ? null : one });
    else redraw({ age: one === "60" ? null : one });
  });
}

function more({ ask, redraw, focus }) {
  return el("details", { class: "fold", id: "fold-more", open: byId("fold-more")?.open }, el("summary", {}, el("span", {}, el("span", {}, t("更多条件", "More")), el("span", { class: "row-note" }, ` ${summaryOfMore()}`))),
    el("div", { class: "folded" },
      el("div", { class: "pair" },
        select(t("只看", "Only"), [["", t("全市", "Whole city")], ...view.districts.map((one) => [one.properties.code, one.properties.name])], within(), (code) => { redraw({ within: code }); focus(code); }),
        ageSelect({ ask, redraw })),
      held ? null : onFoot(ask),
      held ? null : counted(ask)));
}

/** A length of one's own and, on foot, the pace, the network, what stands in for it. */
function onFoot(ask) {
  const own = isOnFoot() ? reach().minutes === undefined : !RADII.includes(question().radius_m);
  return [
    el("label", { class: "field" }, el("span", {}, isOnFoot() ? t("自定步行距离（米，1–50000）", "Own walking distance (m, 1–50,000)") : t("自定半径（米，1–50000）", "Own radius (m, 1–50,000)")),
      el("input", { type: "number", min: 1, max: 50000, step: 1, value: own ? question().radius_m : "", placeholder: t("如 800", "e.g. 800"), onchange: (event) => { if (event.target.reportValidity() && event.target.value) ask({ radius_m: event.target.value, minutes: null }); } })),
    isOnFoot() && choice(t("步速", "Pace"), [["elder", t("老年人步速", "Elders' pace")], ["planning", t("规划 60 米/分", "60 m a minute")]], pace(), (one) => ask({ pace: one === "planning" ? one : null })),
    isOnFoot() && el("label", { class: "field" }, el("span", {}, t("路网名称（有多套时填写）", "Road network (where several lie)")), el("input", { type: "text", maxlength: 60, value: chosen("network"), onchange: (event) => ask({ network: event.target.value.trim() }) })),
    isOnFoot() && tick(t("无路网处按直线计算", "Straight lines where there is no network"), fallsBack(), (isOn) => ask({ fallback: isOn ? "line" : null })),
  ];
}

/** Which people, which day, which facilities. */
function counted(ask) {
  const later = (choices) => { choose(choices); location.reload(); };
  return [
    indicator().given === "access" && select(t("可及性方法", "Method of access"), Object.entries(FLOATING), chosen("floating") || "2sfca", (one) => ask({ floating: one === "2sfca" ? null : one })),
    choice(t("人口口径", "Population"), Object.entries(BASES).map(([code, name]) => [code, t(`${name}人口`, name)]), basis(), (one) => ask({ basis: one === "registered" ? one : null })),
    el("label", { class: "field" }, el("span", {}, t("日期（空为今天）", "Day (empty: today)")), el("input", { type: "date", value: chosen("on"), onchange: (event) => { if (event.target.reportValidity()) later({ on: event.target.value }); } })),
    tick(t("界外的设施也算", "Count facilities across the border"), question().across_border === "true", (isOn) => ask({ across_border: isOn ? null : "false" })),
  ];
}

/** What stands under "more", in a few words. */
const summaryOfMore = () => [
  view.districts.find((one) => one.properties.code === within())?.properties.name ?? t("全市", "Whole city"),
  isDisabled() ? DISABLED : t(`${indicator().hasGaps ? age() : 60} 岁以上`, `${indicator().hasGaps ? age() : 60}+`),
  !held && t(`${BASES[basis()]}人口`, BASES[basis()]), chosen("on") || t("今天", "today"),
  question().across_border === "true" ? t("含界外", "across borders") : t("不含界外", "own only"),
].filter(Boolean).join(" · ");

/** What a phone folds away, in a few words. */
function summaryOfHow() {
  const { radius_m, minutes } = reach();
  const far = isOnFoot() ? (minutes ? t(`步行 ${minutes} 分钟`, `${minutes} min on foot`) : t(`步行 ${metres(radius_m)}`, `${metres(radius_m)} on foot`)) : t(`直线 ${metres(radius_m)}`, `${metres(radius_m)}`);
  return [far, AREAS[question().areas], ...summaryOfMore().split(" · ").slice(0, 2)].join(" · ");
}
