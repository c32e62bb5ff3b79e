// How is a view handed on: as a link, or on paper?

import { isMine } from "atlas/elder_care/from.js";
import { t, tell } from "atlas/elder_care/say.js";

/** The address of this view; one's own place stays at home. */
export function linkOf(address = location.href) {
  const link = new URL(address);
  const keepsQuiet = isMine(link.searchParams.get("start"));
  if (keepsQuiet) for (const name of ["start", "lon", "lat", "within_min"]) link.searchParams.delete(name);
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

export function startDeeds() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("#share")) share();
    else if (event.target.closest("#print")) window.print();
  });
}
