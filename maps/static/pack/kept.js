// Where do filled forms stay until they are saved as a file? In the phone's own store, IndexedDB.
"use strict";
const Kept = (() => {
  const forms = new Map();
  let base = null;

  const key = (form) => `${form.side}|${form.kind}|${form.subject}`;

  function opened() {
    return new Promise((done) => {
      let asked;
      try { asked = indexedDB.open(`minzheng-inspection-${PACK.campaign}`, 1); } catch { done(null); return; }
      asked.onupgradeneeded = () => asked.result.createObjectStore("forms");
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => done(null);
      asked.onblocked = () => done(null);
    });
  }

  async function load() {
    base = await opened();
    if (base === null) return false;
    return new Promise((done) => {
      const asked = base.transaction("forms").objectStore("forms").getAll();
      asked.onsuccess = () => { for (const one of asked.result) forms.set(key(one), one); done(true); };
      asked.onerror = () => done(false);
    });
  }

  async function put(form) {
    forms.set(key(form), form);
    if (base === null) return false;
    return new Promise((done) => {
      const change = base.transaction("forms", "readwrite");
      change.objectStore("forms").put(form, key(form));
      change.oncomplete = () => done(true);
      change.onerror = change.onabort = () => done(false);
    });
  }

  // Small settings (side, office): kept where the browser lets us, else forgotten.
  function setting(name, value) {
    const full = `minzheng-${PACK.campaign}-${name}`;
    try {
      if (value !== undefined) localStorage.setItem(full, value);
      return localStorage.getItem(full) || "";
    } catch { return value || ""; }
  }

  return {
    load, put, setting,
    get: (side, kind, subject) => forms.get(`${side}|${kind}|${subject}`),
    of: (side) => [...forms.values()].filter((one) => one.side === side),
  };
})();
