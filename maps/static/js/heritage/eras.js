// Which colour and sign has an era on the map? Colour is never the only sign: a letter stands in it.

import { t } from "atlas/words.js";

export const ERAS = new Map([
  ["pre-qin", { zh: "先秦", en: "before Qin", glyph: ["先", "P"], colour: "#4a3b2a" }],
  ["qin-han", { zh: "秦汉", en: "Qin, Han", glyph: ["汉", "H"], colour: "#7a4412" }],
  ["six", { zh: "三国两晋南北朝", en: "Six Dynasties", glyph: ["晋", "6"], colour: "#6f5f10" }],
  ["sui-tang", { zh: "隋唐五代", en: "Sui, Tang", glyph: ["唐", "T"], colour: "#4c6424" }],
  ["song-yuan", { zh: "宋元", en: "Song, Yuan", glyph: ["宋", "S"], colour: "#1f6060" }],
  ["ming-qing", { zh: "明清", en: "Ming, Qing", glyph: ["明", "M"], colour: "#2d4a86" }],
  ["modern", { zh: "近代", en: "1840–1949", glyph: ["近", "19"], colour: "#8f2436" }],
  ["present", { zh: "现代", en: "since 1949", glyph: ["今", "20"], colour: "#a8441c" }],
  ["unknown", { zh: "年代未知", en: "unknown", glyph: ["？", "?"], colour: "#5b5348" }],
]);

export const eraOf = (code) => ERAS.get(code) ?? ERAS.get("unknown");
export const eraName = (code) => t(eraOf(code).zh, eraOf(code).en);
export const eraGlyph = (code) => t(...eraOf(code).glyph);
