// Which measures can the map show, from which numbers of an area, and how are they said?

import { age } from "atlas/access/question.js";
import { isKnown, percent, t, tenths } from "atlas/words.js";

const share = ([part, whole]) => (whole > 0 && isKnown(part) ? part / whole : null);
const perThousand = ([part, whole]) => (whole > 0 && isKnown(part) ? (1000 * part) / whole : null);
const elders = () => t(`${age()} 岁以上`, `Aged ${age()}+`);
const old = t("60 岁以上", "Aged 60+");
const supplyName = (measures) => (measures?.supply === "meals" ? t("日供餐", "Meals a day") : t("床位", "Beds"));
const supplyUnit = (measures) => (measures?.supply === "meals" ? t("份", "meals") : t("张", "beds"));

/**
 * Each measure: `parts`, the numbers of an area it is made of (they add up over areas), `heads`,
 * what the parts and the value are called, `rate`, the value from the parts, `say`, how it is
 * written. `given`: the value stands in the answer, and no sum of areas has one of its own.
 * `needs` "measures": more than coverage must be asked. `isWhole`: its name says whom it is of.
 */
export const INDICATORS = {
  covered: {
    name: t("覆盖率", "Covered share"), says: t("够得着的人", "people within reach"),
    parts: () => [`covered_${age()}`, `people_${age()}`],
    heads: () => [t("够得着", "In reach"), elders(), t("占比", "Share")],
    rate: share, say: percent, steps: "fifths", hasGaps: true,
    headline: ([covered, people], value) => t(
      [`${elders()} `, people, " 人中有 ", covered, " 人够得着，占 ", value, "。"],
      ["of ", people, ` people aged ${age()}+, `, covered, " are within reach: ", value, "."]),
  },
  served_2: {
    name: t("重复覆盖（两处及以上）", "Served twice or more"), says: t("可达两处及以上的人", "people who reach two or more"), needs: "measures",
    parts: () => ["served_2", "people_60"],
    heads: () => [t("两处以上", "Two or more"), old, t("占比", "Share")],
    rate: share, say: percent,
    headline: ([served, people], value) => t(
      ["60 岁以上 ", people, " 人中有 ", served, " 人可达两处及以上，占 ", value, "。"],
      ["of ", people, " people aged 60+, ", served, " reach two or more: ", value, "."]),
  },
  seated: {
    name: t("容量内覆盖", "Within capacity"), says: t("就近安排后有位置的人", "people for whom there is room"), needs: "measures",
    parts: () => ["seated_60", "people_60"],
    heads: () => [t("有位置", "Room for"), old, t("占比", "Share")],
    rate: share, say: percent,
    headline: ([seated, people], value, answer) => t(
      ["60 岁以上 ", people, ` 人中，按就近先得，现有${supplyName(answer)}只够 `, seated, " 人，占 ", value, "。"],
      ["nearest first, the ", supplyName(answer).toLowerCase(), " suffice for ", seated, " of ", people, " people aged 60+: ", value, "."]),
  },
  supply: {
    name: t("每千名老人供给", "Supply per 1,000 elders"), says: t("区内供给", "supply inside the area"), needs: "measures",
    parts: () => ["supply", "people_60"],
    heads: (answer) => [supplyName(answer), old, t("每千人", "Per 1,000")],
    rate: perThousand, say: (value) => tenths(value),
    headline: ([supply, people], value, answer) => t(
      ["60 岁以上 ", people, ` 人，${supplyName(answer)} `, supply, ` ${supplyUnit(answer)}，每千名老人 `, value, ` ${supplyUnit(answer)}。`],
      [supply, ` ${supplyUnit(answer)} for `, people, " people aged 60+: ", value, " per 1,000."]),
  },
  access: {
    name: t("可及性（两步移动搜索）", "Access (floating catchments)"), says: t("可及供给", "supply within reach"), needs: "measures", hasCurve: true,
    parts: () => ["people_60"], given: "access",
    heads: (answer) => [old, t(`每千人可及${supplyName(answer)}`, `${supplyName(answer)} per 1,000`)],
    say: (value) => tenths(value),
    headline: (_, value, answer, found) => (isKnown(found.value)
      ? t(["每千名 60 岁以上老人可及 ", value, ` ${supplyUnit(answer)}；基尼系数 `, gini(answer), "（0 为人人相同）。"],
        [value, ` ${supplyUnit(answer)} within reach per 1,000 people aged 60+; Gini `, gini(answer), " (0: all alike)."])
      : t("合计与基尼系数没有可公布的数：有的设施服务范围内老人太少，或供给未知。各单元见表。",
        "no total or Gini can be told: some catchments hold too few people, or supply is unknown. See the table by area.")),
  },
  gain: {
    name: t("跨界增益", "Gain across the border"), says: t("靠界外设施才够得着的人", "people reached only across the border"), needs: "measures",
    parts: () => ["gain_60", "own_60", "people_60"],
    heads: () => [t("界外增加", "Gained"), t("本区覆盖", "By own"), old, t("增益占比", "Gain share")],
    rate: ([gain, , people]) => share([gain, people]), say: percent,
    headline: ([gain, own], value) => t(
      ["各单元自有设施覆盖 ", own, " 人；计入界外设施再增加 ", gain, " 人，占 60 岁以上的 ", value, "。"],
      ["each area's own facilities cover ", own, " people; those across its border add ", gain, ": ", value, " of people aged 60+."]),
  },
  disabled: {
    name: t("失能老人覆盖率（估计）", "Dependent elders covered (estimate)"), isWhole: true,
    says: t("够得着的失能老人", "dependent people within reach"), needs: "measures",
    parts: () => ["disabled_covered", "disabled"],
    heads: () => [t("够得着", "In reach"), t("估计失能", "Dependent"), t("占比", "Share")],
    rate: share, say: percent, steps: "fifths",
    headline: ([covered, disabled], value) => t(
      ["估计失能老人 ", disabled, " 人中有 ", covered, " 人够得着，占 ", value, "。"],
      ["of an estimated ", disabled, " dependent people, ", covered, " are within reach: ", value, "."]),
  },
};

const gini = (answer) => (isKnown(answer?.gini) ? answer.gini.toFixed(2) : t("不公布", "withheld"));
