// How does an officers' desk ask the service? With the token that this tab keeps until it is closed.

import { Problem } from "atlas/api.js";
import { byId } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { plain, t } from "atlas/words.js";

/** The token opens no door, or not this one. */
export class Refused extends Problem {
  constructor(message, status, division = null) {
    super(message);
    this.status = status;
    this.division = division; // twelve digits: where the token is good for
  }
}

/**
 * The door to a part of the service.
 * key: of the token in this tab; below: the path of the part; noRight: told to a token without it;
 * rowsOf: the rows of an answer, among which a synthetic one shows the banner.
 */
export function doorTo({ key, below, noRight, rowsOf }) {
  const running = new Map();
  const entering = new Set(); // what is on its way to be kept
  const signed = (headers = {}) => ({ ...headers, Authorization: `Bearer ${sessionStorage.getItem(key)}` });

  /** A refusal in the reader's words. A step that is not open yet says why: the token is good, and stays. */
  function refusal(status, told) {
    if (status === 401) {
      return new Refused(t("令牌无效、已过期或已撤销，请重新输入。", "The token is wrong, expired or revoked; enter it again."), 401);
    }
    const said = told.detail ?? "";
    if (status === 403) {
      const division = /令牌.*?(\d{12})/.exec(said)?.[1] ?? null;
      if (division) return new Refused(t(`此令牌只能查看区划 ${division} 之内的资料。`, `This token only opens what lies in division ${division}.`), 403, division);
      if (said.includes("this needs the role")) return new Refused(noRight, 403);
    }
    return Object.assign(new Problem(plain(said || told.title || String(status))), { parameter: told.parameter ?? null });
  }

  /** Show the banner as soon as something made up is on the page. */
  function noteSynthetic(found) {
    if ([found, ...rowsOf(found)].some((row) => row?.has_synthetic || row?.is_synthetic)) byId("synthetic").hidden = false;
  }

  async function request(method, path, body, slot) {
    running.get(slot)?.abort();
    const control = new AbortController();
    if (slot) running.set(slot, control);
    const headers = signed({ Accept: "application/geo+json, application/json" });
    if (body) headers["Content-Type"] = "application/json";
    try {
      const response = await fetch(`${page.root}${below}${path}`, {
        method, headers, signal: control.signal, cache: "no-store", body: body && JSON.stringify(body),
      });
      const told = await response.json();
      if (!response.ok) throw refusal(response.status, told);
      noteSynthetic(told);
      return told;
    } catch (problem) {
      if (problem instanceof Problem) throw problem;
      if (problem.name === "AbortError") return null;
      throw new Problem(t("服务器没有回应，请检查网络后重试。", "The server does not answer; check the network and try again."));
    }
  }

  /** What is entered is never called back, and pressed twice it is sent once: then null. */
  async function enter(method, path, body = null) {
    const what = JSON.stringify([method, path, body]);
    if (entering.has(what)) return null;
    entering.add(what);
    try {
      return await request(method, path, body, null);
    } finally {
      entering.delete(what);
    }
  }

  return {
    hasToken: () => Boolean(sessionStorage.getItem(key)),
    keepToken: (token) => sessionStorage.setItem(key, token),
    dropToken: () => sessionStorage.removeItem(key),

    /** Ask `path`; a newer question in the same slot cancels the older: null. */
    ask(path, params = {}, slot = "view") {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries({ city: page.city.code, ...params })) {
        if (value !== null && value !== undefined && value !== "" && value !== false) query.set(name, value);
      }
      return request("GET", `${path}?${query}`, null, slot);
    },

    /** Send a body: a question in a slot, which a newer one cancels; without a slot something to be kept. */
    send: (path, body, slot = null) => (slot ? request("POST", path, body, slot) : enter("POST", path, body)),
    remove: (path) => enter("DELETE", path),

    /** Whoever leaves a view waits for nothing of it any more. */
    forgetAll() {
      running.forEach((control) => control.abort());
      running.clear();
    },

    /** Save a file that only opens with the token: fetched with it, then handed to the browser. */
    async saveFile(path, name) {
      const response = await fetch(`${page.root}${below}${path}`, { headers: signed(), cache: "no-store" });
      if (!response.ok) throw refusal(response.status, await response.json());
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await response.blob());
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    },
  };
}
