// Which divisions and lines were there, what changed between two dates, what is its history?

import "atlas/shell.js";
import { byId, el, put } from "atlas/dom.js";
import { isSaved } from "atlas/page.js";
import * as divisions from "atlas/survey/divisions.js";
import { openGround } from "atlas/survey/ground.js";
import { makeViews } from "atlas/survey/views.js";
import { t } from "atlas/words.js";

const VIEWS = {
  divisions: { name: t("区划", "Divisions"), load: async () => divisions },
  lines: { name: t("界线与三交点", "Lines"), load: () => import("atlas/survey/lines.js") },
  dates: { name: t("两个日期", "Two dates"), load: () => import("atlas/survey/dates.js") },
  panel: { name: t("沿革展板", "History panel"), load: () => import("atlas/survey/panel.js") },
};

async function begin() {
  put(byId("controls"), el("div", { id: "views", hidden: isSaved }), el("div", { id: "question" }));
  await openGround();
  // A saved file holds the divisions and their history; the other views ask the service.
  if (isSaved) await divisions.openView();
  else makeViews(VIEWS, { label: t("界线页各视图", "Views of this page") }).open();
}

begin();
