// Who may come in at a desk? Whoever has its token: asked for once, kept until the tab is closed.

import { byId, el, put, tell } from "atlas/dom.js";
import { page } from "atlas/page.js";
import { asQuery } from "atlas/state.js";
import { Refused } from "atlas/desk/door.js";
import { t } from "atlas/words.js";

/**
 * Ask for the token; `enter` is called once it opens the door. `problem`: why it is asked again.
 * desk: its door, the question that only a good token answers (`probe`), who it is for (`lead`), how a token is
 * made (`command`) and what is inside (`holds`).
 */
export function drawSignIn(desk, enter, problem = null) {
  desk.door.forgetAll();
  put(byId("question"));
  put(byId("views"));
  tell("");
  if (byId("board").dataset.sheet === "half") byId("board").dataset.sheet = "full";
  const told = el("div", { id: "sign-in-problem", role: "alert" }, problem && problemBox(problem));
  const field = el("input", {
    id: "token", name: "token", type: "password", autocomplete: "off", spellcheck: "false", required: true,
    "aria-describedby": "token-hint sign-in-problem", placeholder: "mza_…",
  });
  const seen = el("input", { type: "checkbox", onchange: () => { field.type = seen.checked ? "text" : "password"; } });
  const button = el("button", { type: "submit", class: "primary" }, t("进入工作台", "Enter"));
  const submit = async (event) => {
    event.preventDefault();
    const given = field.value.trim();
    if (!given) return;
    button.disabled = true;
    put(told, el("p", { class: "hint" }, t("正在核对令牌…", "Checking the token…")));
    try {
      if (!/^[\x21-\x7e]+$/.test(given)) throw new Refused(t("令牌只含英文字母、数字和符号，请检查是否多复制了内容。", "A token holds only Latin letters, digits and signs; was more copied than the token?"), 401);
      desk.door.keepToken(given);
      await desk.door.ask(...desk.probe, "sign-in");
      enter();
    } catch (found) {
      if (!found.division) desk.door.dropToken(); // good for another division: its desk opens with it
      put(told, problemBox(found));
      button.disabled = false;
      field.focus();
    }
  };
  put(byId("results"), el("div", { class: "sign-in" },
    el("p", { class: "lead" }, desk.lead),
    el("form", { class: "sign-form", onsubmit: submit, novalidate: true },
      el("label", { for: "token" }, t("访问令牌", "Access token")),
      field,
      el("label", { class: "tick" }, seen, el("span", {}, t("显示令牌", "Show the token"))),
      el("p", { id: "token-hint", class: "hint" }, t("令牌只存于本标签页，关闭即失效，不写入地址栏。", "It is kept in this tab only, until the tab is closed, and never stands in the address.")),
      told, button),
    el("h2", {}, t("怎样得到令牌", "How to get a token")),
    el("p", {}, t("请本单位管理员在服务器上运行：", "Ask your administrator to run on the server:")),
    el("p", { class: "command" }, el("code", {}, desk.command)),
    el("p", { class: "hint" }, t("加 --division 320402 可限于一个区县。令牌只显示一次，有期限，可随时撤销。", "Add --division 320402 to limit it to one district. It is shown once, expires, and can be revoked.")),
    el("h2", {}, t("里面有什么", "What is inside")),
    el("dl", { class: "holds" }, desk.holds.map(([name, words]) => el("div", {}, el("dt", {}, name), el("dd", {}, words))))));
}

/** What went wrong, and the way to where a limited token is good. */
export function problemBox(problem) {
  const division = problem.division;
  return el("p", { class: "problem" }, problem.message, division && division !== page.city.code && [" ",
    el("a", { href: `${location.pathname}?${asQuery({ city: division.slice(0, 6) })}` }, t("打开该区划的工作台", "Open the desk of that division"))]);
}
