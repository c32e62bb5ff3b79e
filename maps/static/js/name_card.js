// All that is known of one place: its names through time, what was before and after, texts, lists, sources.

import { el, put, webAddress } from "atlas/dom.js";
import { timeline } from "atlas/names/timeline.js";
import { isSaved, page } from "atlas/page.js";
import { facts } from "atlas/rows.js";
import { asQuery } from "atlas/state.js";
import { day, isKnown, known, native, t, word, years } from "atlas/words.js";

const TEXTS = { origin: t("来历", "Origin"), meaning: t("含义", "Meaning"), history: t("沿革", "History"), government_history: t("政区沿革", "Administrative history"), description: t("说明", "Description") };
const MEDIA = { image: t("图片", "picture"), audio: t("读音、录音", "recording"), video: t("影像", "film"), document: t("文档", "document") };

/** The card of `{place, called, year, life}` as the API answers it; `life` may be missing. */
export function nameCard({ place, called, year, life }) {
  return [
    calledThen(called, year),
    el("h2", {}, t("今名与旧名", "Names now and then")),
    timeline(life?.periods?.length ? life.periods : place.names ?? [], year),
    life && lines(life),
    texts(place, life),
    life?.media?.length > 0 && [el("h2", {}, t("图片与录音", "Pictures and recordings")), el("ul", { class: "names" }, life.media.map(medium))],
    (place.listings ?? []).length > 0 && [
      el("h2", {}, t("名录", "Lists")),
      el("ul", { class: "names" }, place.listings.map((one) => el("li", {}, el("span", { class: "tag strong" }, word("family", one.family)),
        [one.list_name, one.list_class, word("level", one.list_level), one.batch, one.listed_year].filter(isKnown).join(" · ")))),
    ],
    facts([
      [t("类别", "Class"), word("feature", place.feature_class)],
      [t("所在", "Lies in"), known(place.in_unit_name)],
      [t("位置", "Position"), word("quality", place.position_quality)],
      [t("代码", "Code"), place.code],
    ]),
    el("p", { class: "source" }, `${t("来源：", "Sources: ")}${(place.sources ?? [place.source]).filter(isKnown).map(native).join(t("；", "; ")) || t("未知", "unknown")} · ${day(place.source_date)}`,
      isKnown(place.attribution) && el("span", { class: "line" }, place.attribution)),
    !isSaved && citing(place),
  ];
}

function calledThen(called, year) {
  if (!isKnown(year)) return null;
  const certain = (called ?? []).filter((one) => one.verdict === "certain");
  const vague = (called ?? []).filter((one) => one.verdict !== "certain");
  return [
    el("h2", {}, t(`${year} 年叫什么`, `Called in ${year}`)),
    certain.length
      ? el("ul", { class: "names" }, certain.map((one) => el("li", {}, el("strong", {}, one.name), el("span", { class: "tag" }, t("有据", "certain")), el("span", { class: "row-note" }, t(one.why_zh, one.why_en)))))
      : el("p", { class: "hint" }, t("不详：没有年代可据的名称。", "Unknown: no name with years on record.")),
    vague.length > 0 && [
      el("h3", {}, t("今名，该年是否已用不详", "Today's names, not known to be in use then")),
      el("p", {}, vague.map((one) => one.name).join(t("、", ", "))),
    ],
  ];
}

/** What was before it, what followed, to which division it belonged, which entries are the same place. */
function lines(life) {
  const parts = [
    [t("前身", "Preceded by"), life.preceded_by], [t("后继", "Followed by"), life.followed_by], [t("历来隶属", "Part of, through time"), life.parents],
    [t("同一地方的其他登记", "Also registered as"), life.same_as], [t("相关记录", "Related records"), life.related ?? []],
  ];
  return parts.filter(([, some]) => some.length).map(([title, some]) => [
    el("h2", {}, title),
    el("ul", { class: "names" }, some.map((one) => el("li", {}, other(one),
      isKnown(one.label) && one.label !== one.name && el("span", { class: "tag" }, one.label),
      isDated(one.years) && el("span", { class: "row-note" }, years(one.years.start_earliest ?? one.years.start_latest, one.years.end_latest ?? one.years.end_earliest)),
      isKnown(one.citation) && el("span", { class: "small line cited" }, native(one.citation))))),
  ]);
}

const isDated = (span) => Object.values(span ?? {}).some(isKnown);

/** Another place of ours opens here; a record elsewhere is a plain link. */
function other(one) {
  const address = webAddress(one.code);
  if (address) return el("a", { href: address, rel: "noreferrer" }, one.name ?? one.code);
  if (!isKnown(one.name) || isSaved) return el("strong", {}, one.name ?? one.code);
  return el("a", { href: `?${asQuery({ q: one.name, place: one.code, near: null, fclass: null, in: null, here: null })}` }, one.name);
}

function texts(place, life) {
  const told = (life?.texts ?? []).map((one) => [TEXTS[one.kind] ?? one.kind, one.value, [native(one.citation), one.uri].filter(isKnown).join(" · "), one.language]);
  if (isKnown(place.origin) && !told.some(([, value]) => value === place.origin)) told.unshift([TEXTS.origin, place.origin, place.source, "zh-CN"]);
  return told.length > 0 && [
    el("h2", {}, t("来历与沿革", "Origin and history")),
    told.map(([title, value, source, language]) => el("div", { class: "told" }, el("h3", {}, title), el("blockquote", { lang: language === "zh" ? "zh-CN" : language }, value),
      el("p", { class: "small cited" }, `${t("出处：", "Source: ")}${isKnown(source) ? source : t("未知", "unknown")}`))),
  ];
}

function medium(one) {
  const address = webAddress(one.uri);
  const title = one.title ?? MEDIA[one.kind] ?? one.kind;
  return el("li", {}, el("span", { class: "tag" }, MEDIA[one.kind] ?? one.kind), address ? el("a", { href: address, rel: "noreferrer" }, title) : el("span", {}, title),
    el("span", { class: "small line cited" }, [isKnown(one.licence) ? one.licence : t("许可未知", "licence unknown"), native(one.citation)].filter(isKnown).join(" · ")));
}

/** The stable address, how to cite it, and a link to this very view. */
function citing(place) {
  const path = `${page.root}/id/${place.code.split("/").map(encodeURIComponent).join("/").replaceAll("%3A", ":")}`;
  const said = el("span", { role: "status", class: "small" });
  const copy = (text) => async () => {
    try {
      await navigator.clipboard.writeText(text);
      put(said, t("已复制", "Copied"));
    } catch {
      put(said, text); // a plain http address has no clipboard: to be marked and copied by hand
    }
  };
  const cite = t(`民政一张图：「${place.name}」，${location.origin}${path}`, `Minzheng Atlas: “${place.name}”, ${location.origin}${path}`);
  return el("div", { class: "actions card-links" },
    el("a", { class: "plain", href: `${path}${page.lang === "en" ? "?lang=en" : ""}` }, t("地名页（可打印、可引用）", "Page of the place")),
    el("button", { type: "button", onclick: copy(cite) }, t("复制引用", "Copy citation")),
    el("button", { type: "button", onclick: () => copy(location.href)() }, t("复制本视图链接", "Copy link")), said);
}
