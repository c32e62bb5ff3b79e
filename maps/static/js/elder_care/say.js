// How does the page speak to everybody, also to a screen reader, and what does it know of itself?

export const page = JSON.parse(document.getElementById("atlas-page").textContent);

/** The text in the reader's language. */
export const t = (zh, en) => (page.lang === "en" ? en : zh);

/** Tell something: read aloud, and on screen where `seen` is asked for. */
export function tell(text, { seen = false, isProblem = false } = {}) {
  document.getElementById("status").textContent = text;
  const told = document.getElementById("told");
  if (!seen || !told) return;
  told.textContent = text;
  told.classList.toggle("problem", isProblem);
}

export const OFFLINE = () => t(
  "没有网络，这一步要问服务器。已载入的名单仍可查看、比较和打印；有网络后请再试。",
  "No network: this needs the server. The list that is here can still be read, compared and printed; please try again later.",
);
