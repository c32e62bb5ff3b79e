// How does a page get its answers? From the API, or from the data that a saved file holds.

import { page, isSaved } from "atlas/page.js";
import { t } from "atlas/words.js";
import { answer } from "atlas/saved.js";
import { el, byId } from "atlas/dom.js";

const running = new Map();

/** A problem that a reader can understand: the API's own words where it gave some. */
export class Problem extends Error {}

/**
 * Ask `path` (below /api) with parameters; empty ones are left out, lists are joined by commas.
 * A newer question in the same `slot` cancels the older one, which then answers null.
 */
export async function ask(path, params = {}, slot = null) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === null || value === undefined || value === "" || value === false) continue;
    if (Array.isArray(value) && !value.length) continue;
    query.set(name, Array.isArray(value) ? value.join(",") : value);
  }
  const found = isSaved ? answer(path, query) : await request(path, query, slot);
  if (found) noteSynthetic(found);
  return found;
}

async function request(path, query, slot) {
  running.get(slot)?.abort();
  const control = new AbortController();
  if (slot) running.set(slot, control);
  let response;
  try {
    const text = query.toString();
    response = await fetch(`${page.root}/api${path}${text ? `?${text}` : ""}`, {
      signal: control.signal, headers: { Accept: "application/geo+json, application/json" },
    });
  } catch (problem) {
    if (problem.name === "AbortError") return null;
    throw new Problem(t("服务器没有回应，请检查网络后重试。", "The server does not answer; check the network and try again."));
  }
  try {
    const body = await response.json();
    if (response.ok) return body;
    throw new Problem(body.detail || body.title || String(response.status));
  } catch (problem) {
    if (problem instanceof Problem) throw problem;
    if (problem.name === "AbortError") return null;
    throw new Problem(t(`服务器的回答无法读取（${response.status}）。`, `The server's answer cannot be read (${response.status}).`));
  }
}

/** Whoever leaves a view waits for nothing of it any more: what was asked in a slot answers null. */
export function forgetAll() {
  running.forEach((control) => control.abort());
  running.clear();
}

/** Show the banner as soon as something made up is on the page. */
function noteSynthetic(found) {
  const made = (row) => row?.is_synthetic || row?.has_synthetic || row?.properties?.is_synthetic;
  const rows = found.features ?? (Array.isArray(found) ? found : [found]);
  if (made(found) || rows.some(made)) byId("synthetic").hidden = false;
}

/** Ask for all features, page by page, of an answer that may be longer than one page. */
export async function askAll(path, params, slot, size = 10000) {
  const features = [];
  for (;;) {
    const part = await ask(path, { ...params, limit: size, offset: features.length || "" }, slot);
    if (!part) return null;
    features.push(...part.features);
    if (isSaved || part.features.length < size) return { ...part, features };
  }
}

/** A message in place of a list that could not be had. */
export const sorry = (problem) => el("p", { class: "problem", role: "alert" }, problem.message);
