// What is known of one boundary line, and on what does it rest?

import { el } from "atlas/dom.js";
import { facts } from "atlas/rows.js";
import { count, day, isKnown, known, metres, native, t } from "atlas/words.js";
import { gradeName } from "atlas/survey/words.js";

export const basisOf = (p) => t(p.basis_zh, p.basis_en);
export const sidesOf = (p) => `${known(p.left_name)} · ${known(p.right_name)}`;
/** A length is never without the word that says how it came about. */
export const measured = (value) => [metres(value), " ", el("span", { class: "small" }, t("量算值", "measured"))];

/** The facts of a line; a derived one says first that it is a sketch. */
export const lineFacts = (p) => [
  p.is_derived && el("p", { class: "hint sketch" }, t("示意线：由两侧区划图形推导，没有官方名称和代码，不作划界依据，也不作偏差判定。", "A sketch: derived from the outlines on both sides, without official name or code; no basis for delimitation and no verdict on deviations.")),
  facts([
    [t("等级", "Grade"), gradeName(p.grade)],
    [t("左侧", "Left"), `${known(p.left_name)} ${p.left_code.slice(0, 6)}`],
    [t("右侧", "Right"), `${known(p.right_name)} ${p.right_code.slice(0, 6)}`],
    [t("依据", "Basis"), basisOf(p)],
    [t("量算长度", "Length"), measured(p.length_m)],
    isKnown(p.published_length_m) && [t("公布长度", "Published"), metres(p.published_length_m)],
    !p.is_derived && [t("文号", "Document"), known(p.document_no)],
    isKnown(p.archive_scale) && [t("档案比例尺", "Archive scale"), `1∶${count(p.archive_scale)}`],
    !p.is_derived && [t("上次联检", "Last inspection"), isKnown(p.last_inspected_on) ? day(p.last_inspected_on) : t("未知", "unknown")],
    [t("来源", "Source"), `${known(p.source)} · ${day(p.source_date)}`],
    isKnown(p.validity_note) && [t("时效", "Validity"), native(p.validity_note)],
    p.is_derived ? [t("登记号", "Our key"), el("code", {}, p.code)] : [t("代码", "Code"), p.code],
  ]),
];
