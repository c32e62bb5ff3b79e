// How is a view handed on: as a link, or on paper?

import { isMine } from "atlas/elder_care/from.js";
import { go } from "atlas/elder_care/live.js";
import { t, tell } from "atlas/elder_care/say.js";

/** The address of this view; one's own place stays at home. */
export function linkOf(address = location.href) {
  const link = new URL(address);
  const keepsQuiet = isMine(link.searchParams.get("start"));
  if (keepsQuiet) for (const name of ["start", "lon", "lat", "rough", "within_min"]) link.searchParams.delete(name);
  if (keepsQuiet) link.hash = ""; // the map's middle would tell it
  return { link: link.href, keepsQuiet };
}

async function share() {
  const { link, keepsQuiet } = linkOf();
  const note = keepsQuiet ? t("（链接不含您的位置）", " (your place is not in it)") : "";
  try {
    if (navigator.share) await navigator.share({ title: document.title, url: link });
    else {
      await navigator.clipboard.writeText(link);
      tell(t("链接已复制，可以发给家人。", "The link is copied; you can send it on.") + note, { seen: true });
    }
  } catch (problem) {
    if (problem.name !== "AbortError") tell(`${t("请复制这个链接：", "Please copy this link: ")}${link}${note}`, { seen: true });
  }
}

/** All that fits, up to a cap, and then the printer; offline the list that is here stays. */
async function printAll(event) {
  event.preventDefault();
  event.stopPropagation();
  if (await go(event.target.closest("a").href)) window.print();
}

const SHEET_MM = { width: 188, height: 274 }; // A4 less its margins, and a little
const SIZES_PT = [16, 15, 14, 13, 12, 11, 10, 9];

/** A comparison in the largest print that one sheet holds: tried out in its own print style. */
function fitTheSheet() {
  const sheet = document.querySelector(".compared .sheet");
  const style = document.querySelector('link[media="print"]');
  if (!sheet || !style) return;
  const paper = document.body;
  style.media = "all";
  paper.style.width = `${SHEET_MM.width}mm`;
  for (const size of SIZES_PT) {
    sheet.style.setProperty("--body", `${size}pt`);
    if (paper.offsetHeight <= SHEET_MM.height * paper.offsetWidth / SHEET_MM.width) break;
  }
  paper.style.width = "";
  style.media = "print";
}

export function startDeeds() {
  addEventListener("beforeprint", fitTheSheet);
  document.addEventListener("click", (event) => {
    if (event.target.closest("#share")) share();
    else if (event.target.closest("#print, [data-print]")) window.print();
    else if (event.target.closest("#print-all")) printAll(event);
  });
}
