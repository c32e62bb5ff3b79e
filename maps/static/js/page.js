// What did the server say about this page: city, language, kinds; is it a saved file?

const read = (id) => {
  const block = document.getElementById(id);
  return block ? JSON.parse(block.textContent) : null;
};

export const page = read("atlas-page");
export const data = read("atlas-data");
export const isSaved = data !== null;
export const isEnglish = page.lang === "en";

export const kinds = new Map(page.kinds.map((kind) => [kind.code, kind]));
export const groups = new Map(page.groups.map((group) => [group.code, group]));

/** Kinds that a kind or a group stands for. */
export const kindsOf = (code) =>
  kinds.has(code) ? [code] : page.kinds.filter((kind) => kind.group === code).map((kind) => kind.code);

export const colourOf = (kind) => groups.get(kinds.get(kind)?.group)?.colour ?? "#56708A";
