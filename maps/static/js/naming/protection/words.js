// Which words and signs tell how a listed name is kept, and how its next survey stands?

import { ask } from "atlas/api.js";
import { isKnown, t, unknown, word } from "atlas/words.js";

/** State of the next survey → look, sign, word; the most urgent first. */
export const SURVEYS = {
  due: ["must", "!", t("调查到期", "Survey due")],
  never: ["avoid", "▲", t("从未调查", "Never surveyed")],
  set: ["clear", "✓", t("未到期", "Not yet due")],
  open: ["open", "○", t("下次未定", "Next day open")],
};

const LOOKS = {
  protection: { in_use: ["clear", "✓"], restored: ["clear", "✓"], endangered: ["avoid", "▲"], out_of_use: ["none", "–"] },
  sign: { standing: ["clear", "✓"], damaged: ["avoid", "▲"], missing: ["must", "!"], none: ["open", "○"] },
};

let kinds = null; // kinds of records with their values, as the service keeps them

export async function loadKinds() {
  kinds ??= (await ask("/heritage/words", {}, "kinds"))?.records ?? null;
  return kinds ?? [];
}

const kindOf = (code) => kinds?.find((one) => one.code === code);
/** A kind as a label. */
export const kindWord = (code) => capital(kindOf(code) ? t(kindOf(code).zh, kindOf(code).en) : code);
const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/** A value in words: what is not among those of its kind, such as a new name, is told as it is. */
export function valueWord(kind, value) {
  if (!isKnown(value)) return unknown();
  const found = kindOf(kind)?.values.find((one) => one.code === value);
  return found ? t(found.zh, found.en) : value;
}

/** A chip [look, sign, words] of a state or sign. */
export const stateChip = (kind, value) => [...(LOOKS[kind][value] ?? ["none", "?"]), `${kindWord(kind)}${t("：", ": ")}${valueWord(kind, value)}`];

/** The lists of a name in one line each. */
export const listLine = (one) => [one.list_name, word("level", one.level), one.list_class, one.year].filter(isKnown).join(" · ");
