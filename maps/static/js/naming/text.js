// Which names of a document are old or not standard, and what shall stand in their place?

import { byId, el, put, tell } from "atlas/dom.js";
import { select } from "atlas/rows.js";
import { attempt, base64Of, bytesOf, chip, districtOptions, DOCX, input, question, results, saveAs, synthetic } from "atlas/naming/desk.js";
import { send } from "atlas/naming/door.js";
import { meantRow, segments } from "atlas/naming/text_marks.js";
import { count, isKnown, t } from "atlas/words.js";

const STATUS = {
  marked: ["avoid", "!", t("不规范", "Not standard")],
  possible: ["review", "?", t("请核对", "Please check")],
};

const MOST_BYTES = 2_925_000; // what a body of the service holds as base64

// The text stays in this tab and is forgotten with it.
const typed = { text: "", within: "" };
let asked = null; // the body that was sent, for the marked file
let found = null;
let written = "";
let current = -1;
const taken = new Set();

export function open() {
  drawForm();
  if (found) draw();
  else drawHint();
}

function drawForm() {
  const [textField, text] = input(t("粘贴公文全文", "Paste the whole text"), { id: "text", rows: found ? 3 : 9, maxlength: 500000, value: typed.text, oninput: () => { typed.text = text.value; } }, "textarea");
  const file = el("input", { type: "file", id: "file", accept: ".docx,.pdf,.txt" });
  const told = el("div", { id: "text-problem" });
  const form = el("form", { class: "check-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); attempt(() => proofread(file.files[0] ?? null), told); } },
    textField,
    el("div", { class: "pair" },
      el("label", { class: "field" }, el("span", {}, t("或选文件（.docx、.pdf、.txt）", "Or a file (.docx, .pdf, .txt)")), file),
      select(t("只看此区划内的地名", "Only names inside"), districtOptions(t("不限", "everywhere")), typed.within, (code) => { typed.within = code; })),
    el("p", { class: "privacy", role: "note" }, t("文本只在内存中比对，不保存、不记入日志；其中的个人信息同样不留存。", "The text is compared in memory only: it is neither stored nor logged, nor is any personal data in it.")),
    el("button", { type: "submit", class: "primary", id: "proofread" }, t("校对地名", "Proofread")), told);
  question(found ? el("details", { class: "fold", id: "other-text" }, el("summary", {}, t("换一份文本", "Another text")), el("div", { class: "folded" }, form)) : form);
}

function drawHint() {
  results(el("div", { class: "empty-desk" }, el("ul", { class: "outcome-key" }, Object.values(STATUS).map((one) => el("li", {}, chip(one)))),
    el("p", { class: "hint" }, t("标出旧名和不规范地名，附标准名称、年代和出处；历史叙述、引文由人判定，是否替换由人逐处选定。", "Old and non-standard names are marked with the standard form, years and source; a person decides on each."))));
}

async function proofread(file) {
  if (!file && !typed.text.trim()) {
    tell(t("请粘贴文本或选择文件。", "Paste a text or choose a file."), true);
    return;
  }
  if (file && file.size > MOST_BYTES) {
    tell(t("文件超过 2.9 MB；请分册上传，或粘贴文字。", "The file is over 2.9 MB: send it in parts, or paste the text."), true);
    return;
  }
  tell(t("正在校对…", "Reading …"));
  const body = file ? { file_base64: await base64Of(file) } : { text: typed.text };
  if (typed.within) body.within = typed.within;
  const made = await send("/proofread", body, "proofread");
  if (!made) return;
  [asked, found, written, current] = [body, made, made.text ?? typed.text, -1];
  taken.clear();
  drawForm();
  draw();
  if (found.marks.length) go(0);
  const doubtful = found.marks.filter((mark) => mark.status === "possible").length;
  const skipped = found.unread_pages.length;
  const [skippedZh, skippedEn] = skipped ? [`；${count(skipped)} 页未校对`, `; pages not read: ${skipped}`] : ["", ""];
  tell(t(`${count(found.characters)} 字：标出 ${count(found.marks.length)} 处，其中请核对 ${count(doubtful)} 处；标准地名 ${count(found.standing)} 处${skippedZh}`, `${count(found.characters)} characters: ${found.marks.length} marks (${doubtful} to check); ${found.standing} names stand as they are${skippedEn}`));
}

const bulk = () => found.marks.map((mark, i) => [mark, i]).filter(([mark]) => mark.suggestion && mark.status === "marked").map(([, i]) => i);

function draw() {
  const keys = (event) => {
    const by = { n: 1, p: -1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey || ["INPUT", "TEXTAREA"].includes(event.target.tagName)) return;
    event.preventDefault();
    go(current + by);
  };
  const isClear = !found.marks.length;
  results(
    el("h2", { class: "answer-title" }, t("校对结果", "Result"), " ", synthetic(found.has_synthetic)),
    el("ul", { class: "outcome-key" }, Object.entries(STATUS).map(([code, one]) => el("li", {}, chip(one, el("strong", {}, count(found.marks.filter((mark) => mark.status === code).length))))),
      el("li", {}, chip(["clear", "✓", t("标准地名", "Standing")], el("strong", {}, count(found.standing))))),
    el("p", { class: "statement", role: "note" }, t(found.notice_zh, found.notice_en)),
    found.unread_pages.length > 0 && el("p", { class: "statement", id: "unread-pages", role: "note" }, unread(found.unread_pages)),
    el("div", { class: "actions" },
      el("button", { type: "button", onclick: () => attempt(saveMarked, byId("file-problem")) }, t("下载标注稿 .docx", "Save the marked .docx")),
      el("button", { type: "button", onclick: () => print() }, t("打印", "Print"))),
    el("div", { id: "file-problem" }),
    isClear ? el("p", { class: "empty" }, found.unread_pages.length
      ? t("已读的页中没有发现旧名或不规范地名。", "No old or non-standard name was found on the pages that were read.")
      : t("没有发现旧名或不规范地名。", "No old or non-standard name was found.")) : [
      el("div", { class: "jump" },
        el("button", { type: "button", id: "previous", onclick: () => go(current - 1) }, t("上一处", "Previous")),
        el("output", { id: "which", "aria-live": "polite" }),
        el("button", { type: "button", id: "next", onclick: () => go(current + 1) }, t("下一处", "Next")),
        el("button", { type: "button", class: "plain", onclick: takeAll }, t("采用全部有把握的", "Take all certain ones")),
        el("span", { class: "hint" }, t("焦点在文中时可按 n、p", "with the focus in the text: n, p"))),
      el("div", { class: "document-view", onkeydown: keys },
        el("div", { class: "document-text", id: "document", tabindex: "0", role: "group", lang: "zh-CN", "aria-label": t("公文文本", "The text") }),
        el("ol", { class: "finding-rows", id: "findings", tabindex: "0", "aria-label": t("发现列表", "Findings") })),
      el("section", { class: "replaced", id: "replaced" })]);
  if (isClear) return;
  drawDocument();
  put(byId("findings"), found.marks.map(finding));
  drawReplaced();
}

/** Which pages of a PDF nobody has read. */
function unread(pages) {
  const shown = pages.slice(0, 20);
  const isAll = shown.length === pages.length;
  return t(`第 ${shown.join("、")} 页${isAll ? "" : `等 ${count(pages.length)} 页`}没有文字层或字体无法识别，未校对；请先做文字识别，或粘贴这些页的文字。`,
    `Not read: page ${shown.join(", ")}${isAll ? "" : " and others"}, without a text layer or in fonts that do not tell their characters. Recognise the text first, or paste it.`);
}

function drawDocument() {
  put(byId("document"), segments(written, found.marks).map(([text, i]) => {
    if (i === null) return text;
    const mark = found.marks[i];
    const isTaken = taken.has(i);
    return el("mark", { id: `mark-${i}`, class: `is-${mark.status}${isTaken ? " is-taken" : ""}${i === current ? " is-open" : ""}`, onclick: () => go(i) },
      el("span", { class: isTaken ? "was" : "" }, text), isTaken && el("span", { class: "instead" }, mark.suggestion), el("sup", {}, i + 1));
  }));
}

function finding(mark, i) {
  const tick = mark.suggestion && el("label", { class: "tick" },
    el("input", { type: "checkbox", checked: taken.has(i), onchange: (event) => { if (event.target.checked) taken.add(i); else taken.delete(i); drawDocument(); drawReplaced(); } }),
    el("span", {}, t(`改为「${mark.suggestion}」`, `Replace by “${mark.suggestion}”`)));
  return el("li", { class: `finding${i === current ? " is-open" : ""}`, id: `finding-${i}` },
    el("div", { class: "finding-head" }, el("span", { class: "number" }, i + 1),
      el("button", { type: "button", onclick: () => go(i) }, mark.text), chip(STATUS[mark.status]), el("span", { class: "row-note" }, isKnown(mark.page) ? t(`第 ${mark.page} 页`, `page ${mark.page}`) : t(`第 ${mark.line} 行`, `line ${mark.line}`))),
    el("p", {}, t(mark.zh, mark.en)),
    el("ul", {}, mark.meant.map(meantRow)),
    tick || el("p", { class: "hint" }, t("没有唯一的标准名称，请人工改写。", "There is no single standard form: write it yourself.")));
}

/** Bring a mark into view, in the text and in the list. */
function go(to) {
  const last = found.marks.length;
  current = (to + last) % last;
  document.querySelectorAll("#document mark.is-open, .finding.is-open").forEach((one) => one.classList.remove("is-open"));
  for (const id of [`mark-${current}`, `finding-${current}`]) {
    byId(id)?.classList.add("is-open");
    byId(id)?.scrollIntoView({ block: "nearest" });
  }
  put(byId("which"), `${current + 1} / ${last}`);
}

function takeAll() {
  bulk().forEach((i) => taken.add(i));
  put(byId("findings"), found.marks.map(finding));
  drawDocument();
  drawReplaced();
}

const replacedText = () => segments(written, found.marks).map(([text, i]) => (i !== null && taken.has(i) ? found.marks[i].suggestion : text)).join("");

/** The text with what was chosen; nothing is replaced that a person did not choose. */
function drawReplaced() {
  if (!taken.size) {
    put(byId("replaced"), el("p", { class: "hint" }, t("勾选要替换的地名后，这里给出替换后的全文。", "Tick the names to be replaced; the whole text then stands here.")));
    return;
  }
  const box = el("textarea", { id: "replaced-text", readonly: true, "aria-label": t("替换后的全文", "The text with replacements"), value: replacedText(), rows: 7 });
  const copied = el("span", { role: "status" });
  const copy = async () => {
    box.select();
    try {
      await navigator.clipboard.writeText(box.value);
    } catch {
      document.execCommand("copy"); // a plain http address has no clipboard
    }
    put(copied, t("已复制", "Copied"));
  };
  put(byId("replaced"), el("h2", {}, t(`替换后的全文（已选 ${taken.size} 处）`, `The text with ${taken.size} replacements`)), box,
    el("div", { class: "actions" }, el("button", { type: "button", class: "primary", id: "copy", onclick: copy }, t("复制全文", "Copy")), copied));
}

async function saveMarked() {
  const made = await send("/proofread", { ...asked, output: "docx" });
  if (made) saveAs(`${t("地名校对", "proofread")}-${made.on}.docx`, bytesOf(made.file_base64), DOCX);
}
