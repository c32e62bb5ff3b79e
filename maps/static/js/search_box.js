// Where is what the reader types? A box that offers answers while typing (WAI-ARIA combobox).

import { el, put, soon } from "atlas/dom.js";
import { t } from "atlas/words.js";

/** A search box: `find(text)` answers [{title, note, pick}], shown as a list to choose from. */
export function searchBox({ label, hint, find, onclear = null, onsubmit = null, initial = "" }) {
  let offers = [];
  let active = -1;
  const list = el("ul", { class: "offers", role: "listbox", id: "offers", "aria-label": label, hidden: true });
  const input = el("input", {
    type: "search", role: "combobox", "aria-expanded": "false", "aria-controls": "offers", "aria-autocomplete": "list",
    autocomplete: "off", spellcheck: "false", placeholder: hint, "aria-label": label, maxlength: 100, value: initial,
  });

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const pick = (offer) => {
    input.value = offer.title;
    close();
    offer.pick();
  };
  const point = (to) => {
    active = (to + offers.length) % offers.length;
    [...list.children].forEach((one, i) => one.setAttribute("aria-selected", String(i === active)));
    input.setAttribute("aria-activedescendant", `offer-${active}`);
    list.children[active]?.scrollIntoView({ block: "nearest" });
  };
  const draw = () => {
    put(list, offers.length
      ? offers.map((offer, i) => el("li", { role: "option", id: `offer-${i}`, "aria-selected": "false", onpointerdown: (event) => { event.preventDefault(); pick(offer); } },
        el("span", { class: "offer-title" }, offer.title), el("span", { class: "offer-note" }, offer.note)))
      : el("li", { class: "offer-none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, t("没有找到，换个写法试试（可用拼音、旧名）", "Nothing found; try another spelling")));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };
  const look = soon(async () => {
    const text = input.value.trim();
    if (!text) return close();
    const found = await find(text);
    if (found === null || input.value.trim() !== text) return undefined;
    offers = found;
    return draw();
  }, 180);

  input.addEventListener("input", () => (input.value.trim() ? look() : (close(), onclear?.())));
  input.addEventListener("blur", () => setTimeout(close, 120));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown" && offers.length && !list.hidden) { event.preventDefault(); point(active + 1); }
    else if (event.key === "ArrowUp" && offers.length && !list.hidden) { event.preventDefault(); point(active - 1); }
    else if (event.key === "Enter") {
      event.preventDefault();
      if (active >= 0) pick(offers[active]);
      else if (onsubmit && input.value.trim()) { close(); onsubmit(input.value.trim()); }
      else if (offers.length && !list.hidden) pick(offers[0]);
    }
  });
  return el("div", { class: "search", role: "search" }, input, list);
}
