// What is known of one facility, with dates and sources, and what is not known?

import { el, webAddress } from "atlas/dom.js";
import { kinds } from "atlas/page.js";
import { kindName, t, word, count, day, known, native, unknown, isKnown } from "atlas/words.js";
import { facts } from "atlas/rows.js";

/** Prices by level or meal: 「半失能 2600–4800 元/月(含床位) · 2026-05-01」. */
export function priceLines(prices) {
  return (prices ?? []).map((one) => {
    const includes = isKnown(one.includes) ? t(`（含${one.includes}）`, ` (incl. ${one.includes})`) : "";
    return `${word("item", one.item)} ${priceRange(one.low, one.high, word("unit", one.unit))}${includes}`;
  });
}

/** 「2,600–4,800 元/月」; where one end is not stated 「10 元/餐以下」, 「2,600 元/月起」. */
export function priceRange(low, high, unit) {
  const of = ` ${t("元", "yuan")}/${unit}`;
  if (!isKnown(low)) return t(`${count(high)}${of}以下`, `up to ${count(high)}${of}`);
  if (!isKnown(high)) return t(`${count(low)}${of}起`, `from ${count(low)}${of}`);
  return `${low === high ? count(low) : `${count(low)}–${count(high)}`}${of}`;
}

export function bedLine(p) {
  if (![p.beds_total, p.beds_nursing, p.beds_free].some(isKnown)) return unknown();
  const parts = [
    t(`共 ${count(p.beds_total)} 张`, `${count(p.beds_total)} in all`),
    isKnown(p.beds_nursing) && t(`护理型 ${count(p.beds_nursing)}`, `${count(p.beds_nursing)} nursing`),
    t(`空床 ${count(p.beds_free)}`, `${count(p.beds_free)} free`),
  ].filter(Boolean).join(" · ");
  return `${parts}${t("（", " (")}${day(p.beds_on)}${t("）", ")")}`;
}

export function ratingLines(ratings) {
  return (ratings ?? []).map((one) =>
    `${one.level} · ${isKnown(one.scheme) ? one.scheme : t("标准未注明", "scheme not stated")} · ${day(one.rated_on ?? one.rated_in)}${isKnown(one.valid_until) ? t(`，有效至 ${day(one.valid_until)}`, `, valid until ${day(one.valid_until)}`) : ""}`);
}

/** Opening hours, days with the same hours joined: 「周一–周五 08:00–17:00」. */
export function hourLines(hours) {
  if (!hours) return [unknown()];
  const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
  const say = (name) => (hours[name] ?? []).map(([from, to]) => `${from}–${to}`).join(t("、", ", ")) || t("休息", "closed");
  const runs = [];
  for (const name of days) {
    const text = say(name);
    if (runs.at(-1)?.text === text) runs.at(-1).to = name;
    else runs.push({ from: name, to: name, text });
  }
  return runs.map((run) => `${word("weekday", run.from)}${run.to === run.from ? "" : `–${word("weekday", run.to)}`} ${run.text}`);
}

const lines = (texts) => (texts.length ? texts.map((text) => el("span", { class: "line" }, text)) : unknown());
const yesNo = (value) => (isKnown(value) ? (value ? t("有", "yes") : t("无", "no")) : unknown());

/** A phone to tap; NULL is 未知, never an empty link. */
export function phone(number) {
  if (!isKnown(number)) return el("span", { class: "unknown" }, unknown());
  const digits = String(number).replace(/[^\d+]/g, "");
  return el("a", { href: `tel:${digits}`, class: "phone" }, number);
}

/** The card of one facility from its GeoJSON properties. */
export function card(p) {
  return el("div", { class: "card" },
    p.kinds.some((kind) => kinds.get(kind)?.is_residential) ? facts(homeFacts(p)) : otherFacts(p),
    el("p", { class: "source" },
      p.is_synthetic && el("strong", { class: "synthetic" }, t("合成数据", "synthetic data")),
      `${t("来源：", "Source: ")}${known(p.source)} · ${day(p.source_date)} · ${isKnown(p.checked_on) ? t(`${day(p.checked_on)} 核实`, `checked ${day(p.checked_on)}`) : t("核实日期未知", "check date unknown")}`));
}

/** A canteen has no beds: what such a place can have is always told, all else only where reported. */
function otherFacts(p) {
  const always = ["phone", "address", "kinds", "hours", "prices", "meals"];
  const shown = homeFacts(p).filter((one) => one && (always.includes(one.code) || one.isKnown));
  return [
    facts(shown),
    el("p", { class: "hint" }, t("其余未填报。", "Nothing else was reported.")),
  ];
}

function homeFacts(p) {
  const site = isKnown(p.website) ? webAddress(p.website) : null;
  const isHome = p.kinds.some((kind) => kinds.get(kind)?.is_residential);
  const fact = (code, name, value, isReported = true) => Object.assign([name, value], { code, isKnown: isReported });
  return [
    fact("phone", t("电话", "Phone"), phone(p.phone)),
    fact("address", t("地址", "Address"), known(p.address)),
    fact("kinds", t("服务", "Kinds"), p.kinds.map(kindName).join(t("、", ", "))),
    fact("hours", t("时间", "Hours"), lines(hourLines(p.hours))),
    fact("prices", t("收费", "Prices"), lines(priceLines(p.prices).concat(pricedOn(p.prices)))),
    (!isHome || isKnown(p.meals_per_day)) && p.kinds.includes("canteen") && fact("meals", t("供餐", "Meals"), isKnown(p.meals_per_day) ? t(`每天 ${count(p.meals_per_day)} 份`, `${count(p.meals_per_day)} a day`) : unknown()),
    fact("beds", t("床位", "Beds"), bedLine(p), [p.beds_total, p.beds_nursing, p.beds_free].some(isKnown)),
    fact("care", t("接收", "Cares for"), (p.care_levels ?? []).map((one) => word("care", one)).join(t("、", ", ")) || unknown(), p.care_levels?.length > 0),
    fact("rating", t("等级", "Rating"), lines(ratingLines(p.ratings)), p.ratings?.length > 0),
    fact("medical", t("医养结合", "Medical care"), isKnown(p.medical_link) ? word("medical", p.medical_link) : unknown(), isKnown(p.medical_link)),
    fact("fire", t("消防", "Fire safety"), isKnown(p.fire_state) ? `${word("fire", p.fire_state)}${t("（", " (")}${day(p.fire_checked_on)}${t("）", ")")}` : unknown(), isKnown(p.fire_state)),
    fact("access", t("无障碍", "Barrier-free"), t(`坡道 ${yesNo(p.has_ramp)} · 电梯 ${yesNo(p.has_lift)}`, `ramp ${yesNo(p.has_ramp)} · lift ${yesNo(p.has_lift)}`), isKnown(p.has_ramp) || isKnown(p.has_lift)),
    fact("owner", t("性质", "Run by"), `${word("ownership", p.ownership)} · ${word("operation", p.operation)}`, isKnown(p.ownership) || isKnown(p.operation)),
    site && fact("website", t("网址", "Website"), el("a", { href: site, rel: "noopener noreferrer" }, p.website)),
    isKnown(p.position_note) && fact("position", t("位置", "Position"), native(p.position_note)),
  ];
}

function pricedOn(prices) {
  const dates = [...new Set((prices ?? []).map((one) => day(one.priced_on)))];
  return dates.length ? [t(`价格日期 ${dates.join("、")}`, `priced ${dates.join(", ")}`)] : [];
}
