// How does the reader take what a part shows away as a file?

import { indicator } from "atlas/access/view.js";
import { question } from "atlas/access/question.js";
import { el } from "atlas/dom.js";
import { isSaved, page } from "atlas/page.js";
import { chosen } from "atlas/state.js";
import { t } from "atlas/words.js";

const FORMATS = [["csv", t("CSV 表格", "CSV table")], ["geojson", "GeoJSON"], ["gpkg", "GeoPackage"], ["geoparquet", "GeoParquet"]];

/** The result behind each part, by its name in the API, and what it asks besides the question. */
const results = () => ({
  areas: { name: indicator().needs ?? "coverage" },
  gaps: { name: "gaps" },
  sites: chosen("facility") && { name: "isochrones", facility: chosen("facility") },
  years: { name: "series", years: yearsTo(chosen("on")) },
  missing: { name: "missing", areas: question().areas === "zone" ? "zone" : "township" },
});

const yearsTo = (day) => {
  const last = Number((day || new Date().toISOString()).slice(0, 4));
  return `${last - (Number(chosen("years")) || 5) + 1}-${last}`;
};

/** Links to the files of a part; nothing in a saved file, or where a part has no result. */
export function download(part) {
  const found = !isSaved && results()[part];
  if (!found) return null;
  const { name, ...more } = found;
  const asked = Object.entries({ ...question(), ...more }).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const address = (f) => `${page.root}/api/access/export/${name}?${new URLSearchParams([...asked, ["f", f]])}`;
  return el("details", { class: "fold", id: "download" },
    el("summary", {}, t("下载", "Download")),
    el("ul", { class: "download" }, FORMATS.map(([f, words]) => el("li", {}, el("a", { href: address(f), download: "" }, words)))),
    el("p", { class: "hint" }, t("口径与页面一致：已公开、人数取整；没有审图号时文件不含图形。", "As on the page: published, counts rounded; without an approval number files hold no shapes.")));
}
