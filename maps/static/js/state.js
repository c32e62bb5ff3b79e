// What has the reader chosen? It stands in the address bar, so a link shows the same view.

import { isSaved } from "atlas/page.js";

// A saved file has no server that reads a query: its choices stand behind the `#`.
const params = new URLSearchParams(isSaved ? location.hash.slice(1) : location.search);

/** What was chosen under a name, or the fallback. */
export const chosen = (name, fallback = "") => params.get(name) ?? fallback;
export const isChosen = (name) => ["1", "true"].includes(params.get(name));

/** A chosen number, or the fallback when there is none or it is no number. */
export function chosenNumber(name, fallback = null) {
  const value = Number.parseFloat(params.get(name) ?? "");
  return Number.isFinite(value) ? value : fallback;
}

/** Remember choices; an empty one leaves the address. */
export function choose(choices) {
  for (const [name, value] of Object.entries(choices)) {
    if (value === null || value === undefined || value === "" || value === false) params.delete(name);
    else params.set(name, value === true ? "1" : String(value));
  }
  const text = params.toString();
  const address = isSaved ? `#${text}` : `${location.pathname}${text ? `?${text}` : ""}`;
  try {
    history.replaceState(null, "", address);
  } catch {
    // Some browsers forbid it for files: the choices then last as long as the page.
  }
  document.dispatchEvent(new CustomEvent("atlas:chosen"));
}

/** The choices as a query, with changes; for links to this view or another page. */
export function asQuery(changes = {}, only = null) {
  const copy = new URLSearchParams(only ? [...params].filter(([name]) => only.includes(name)) : params);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) copy.delete(name);
    else copy.set(name, value);
  }
  return copy.toString();
}
