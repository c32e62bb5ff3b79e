// How is the page's text put into the document? By textContent only: no string becomes markup.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element: `el("a", {href: "…", class: "x", onclick: f}, "text", child, …)`. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Make an SVG element in the same way. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "selected") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  put(node, ...children);
  return node;
}

/** Replace what a node holds by the given children; null and false are left out. */
export function put(node, ...children) {
  node.replaceChildren(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false)
      .map((child) => (child instanceof Node ? child : document.createTextNode(String(child)))),
  );
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Say something to everybody, also to a screen reader. */
export function tell(text, isProblem = false) {
  const status = byId("status");
  if (!status) return;
  status.classList.toggle("problem", isProblem);
  put(status, text);
}

/** Answer the link only when it is a plain web address: a stored `javascript:` must not run. */
export function webAddress(text) {
  try {
    const address = new URL(text);
    return ["http:", "https:"].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}

/** Call `work` once, `wait` ms after the last call. */
export function soon(work, wait = 150) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), wait);
  };
}
