// Which place is nominated for which list, by whom, and why?

import { ask } from "atlas/api.js";
import { showPoint } from "atlas/board.js";
import { el, put, tell } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { foldedOnPhone, select } from "atlas/rows.js";
import { searchBox } from "atlas/search_box.js";
import { districts, districtOptions, results, synthetic } from "atlas/naming/desk.js";
import { heritage } from "atlas/naming/door.js";
import { line, sendingForm, signature } from "atlas/naming/nominations/fields.js";
import { cardOf, drawPlaces, forgetCard } from "atlas/naming/nominations/place.js";
import { isKnown, t, word } from "atlas/words.js";

const FAMILIES = ["red", "heritage"];
const LEVELS = ["district", "city", "province", "national"];
let words = null; // classes of lists, as the service keeps them
let lists = new Map(); // name of a list that is there already → its family and level

/** The form of a new nomination; `made(item)` tells of it. */
export async function drawNew(made) {
  tell(t("提名之后是部门意见和专家意见，然后公布。", "After it come the opinions of departments and experts, then it is published."));
  drawPlaces([]);
  const chosen = { place: "", family: "", list_level: "", admin_code: "" };
  results(form(chosen, made)); // whoever leaves meanwhile finds nothing drawn later: the lists are filled in
  words ??= await ask("/heritage/words").catch(() => null);
  const listed = await ask("/places/heritage", { within: page.city.code }, "lists").catch(() => null);
  lists = new Map((listed?.features ?? []).map(({ properties: p }) => [p.list_name, p]));
  offer(chosen);
}

const choices = (id) => document.getElementById(id);
const fill = (id, texts) => choices(id) && put(choices(id), [...new Set(texts)].map((value) => el("option", { value })));
function offer(chosen) {
  fill("known-lists", lists.keys());
  fill("known-classes", (words?.classes ?? []).filter((one) => !chosen.family || one.family === chosen.family).map((one) => one.zh));
}

function form(chosen, made) {
  const picked = (field, host, label, options) => {
    host.append(select(label, [["", t("请选择", "Choose")], ...options], chosen[field], (code) => { chosen[field] = code; offer(chosen); }));
    host.lastChild.querySelector("select").name = field; // where a problem with it is said
  };
  const kinds = el("div", { class: "pair" });
  const layKinds = () => {
    put(kinds);
    picked("family", kinds, t("名录种类", "Kind of list"), FAMILIES.map((code) => [code, word("family", code)]));
    picked("list_level", kinds, t("名录级别", "Level of the list"), LEVELS.map((code) => [code, word("level", code)]));
  };
  const division = el("div", { class: "step-fields" });
  const layDivision = () => { put(division); picked("admin_code", division, t("提名的区划", "Division that proposes"), districtOptions("").slice(1)); };
  layKinds();
  layDivision();
  let isKnownList = false; // kind and level belong to the list: one that is there brings its own
  const list = line("list_name", t("名录名称", "Name of the list"), {
    list: "known-lists", placeholder: t("如 溧阳市红色地名名录", "e.g. 溧阳市红色地名名录"),
    onchange: ({ target }) => {
      const known = lists.get(target.value.trim());
      if (known || isKnownList) {
        Object.assign(chosen, { family: known?.family ?? "", list_level: known?.list_level ?? "" });
        layKinds();
        offer(chosen);
      }
      isKnownList = Boolean(known);
    },
  });
  return sendingForm({
    id: "enter-nomination", title: t("提名一个地名", "Nominate a place"), button: t("提名", "Nominate"),
    given: (value) => ({ ...chosen, list_name: value("list_name"), list_class: value("list_class") || null, era: value("era") || null, batch: value("batch") || null }),
    send: (body) => heritage.send("/nominations", body),
    done: (item) => { forgetCard(item.place_code); made(item); },
  },
  placeField(chosen, layDivision), list, el("datalist", { id: "known-lists" }), kinds,
  foldedOnPhone("nomination-more", t("类别、时代、批次（可不填）", "Class, era, batch (optional)"), false,
    line("list_class", t("名录类别（可不填）", "Class (optional)"), { list: "known-classes" }), el("datalist", { id: "known-classes" }),
    el("div", { class: "pair" }, line("era", t("时代（可不填）", "Era (optional)"), { placeholder: t("如 明代", "e.g. 明代") }), line("batch", t("批次（可不填）", "Batch (optional)"), { placeholder: t("如 第二批", "e.g. 第二批") }))),
  division, signature(t("理由与出处（1000 字以内，不写个人信息）", "Reasons and sources (at most 1000 characters, nothing personal)")),
  el("p", { class: "hint" }, t("公布之前公众看不到。", "Nothing is public until it is published.")));
}

/** The place is one that is stored: found by any of its names. */
function placeField(chosen, layDivision) {
  const told = el("div", { class: "chosen-place" });
  const find = async (text) => ((await ask("/places", { q: text, limit: 8, within: page.city.code }, "where").catch(() => null))?.features ?? []).map(({ properties: p }) => ({
    title: p.name, note: [p.matched_name !== p.name && `${word("name", p.matched_kind)} ${p.matched_name}`, word("feature", p.feature_class), p.in_unit_name].filter((one) => one && isKnown(one)).join(" · "), pick: () => take(p),
  }));
  const take = async (place) => {
    chosen.place = place.code;
    if (districts.some(({ properties: p }) => p.code === place.in_unit_code)) chosen.admin_code = place.in_unit_code;
    layDivision();
    say(place);
    const [point] = await drawPlaces([{ code: place.code, name: place.name, sign: "＋" }]);
    if (point) showPoint(point, 11);
    const card = await cardOf(place.code);
    if (chosen.place === place.code) say(place, card);
  };
  const drop = () => { chosen.place = ""; drawPlaces([]); say(null); };
  const say = (place, card = null) => put(told, place
    ? el("p", {}, el("strong", {}, place.name), " ", synthetic(place.is_synthetic), " ", el("button", { type: "button", class: "plain", onclick: drop }, t("换一个", "Another one")),
      el("span", { class: "line small" }, [place.code, word("feature", place.feature_class), place.in_unit_name ?? t("所在区划未知", "division unknown"), word("quality", place.position_quality)].join(" · ")),
      card?.listings.length > 0 && el("span", { class: "line small" }, t("已在名录：", "On lists: "), card.listings.map((one) => one.list_name).join(t("、", ", "))))
    : el("p", { class: "hint" }, t("从库内地名中选；库内没有的，先由管理员载入。", "Chosen from the stored places; one that is not stored must be loaded first.")));
  say(null);
  return el("fieldset", { class: "where", name: "place" }, el("legend", {}, t("地名", "Place")),
    searchBox({ label: t("查找地名", "Find the place"), hint: t("汉字、拼音、旧名都可以", "characters, pinyin or an old name"), find }), told);
}
