// The phone form: choose a side, fill in markers and stretches, save everything as one file.
"use strict";
(() => {
  const page = document.getElementById("page");
  const W = PACK.words;
  let side = Kept.setting("side");
  let stays = true;
  // What a sheet still waits for, a photo or a position: each promise says whether it came.
  let awaited = new Set();

  function waitFor(arrival) {
    const these = awaited;
    these.add(arrival);
    arrival.finally(() => these.delete(arrival));
  }

  const option = (value, text, chosen) => make("option", { value, selected: value === chosen }, text);
  const field = (label, control, hint) => make("label", { className: "field" }, make("span", {}, label), control,
    hint ? make("span", { className: "hint" }, hint) : null);
  const input = (name, value, rest = {}) => make("input", { name, value: value ?? "", autocomplete: "off", ...rest });
  function picks(name, label, words, chosen, small = false) {
    const group = make("div", { className: "picks" });
    for (const [code, text] of Object.entries(words)) {
      group.append(make("label", {}, make("input", { type: "radio", name, value: code, checked: code === chosen }),
        make("span", {}, text)));
    }
    return make("fieldset", { className: small ? "yesno" : "" }, make("legend", {}, label), group);
  }
  const yesNo = (name, label, value) =>
    picks(name, label, { yes: "是", no: "否" }, value === undefined ? undefined : value ? "yes" : "no", true);

  function label(form) {
    if (!form) return ["chip", "未填"];
    const v = form.values;
    if (form.kind === "marker") return [v.state === "intact" ? "chip done" : "chip fault", W.states[v.state]];
    return [v.visible === "clear" && (v.feature_changed || "none") === "none" ? "chip done" : "chip fault", W.visible[v.visible]];
  }

  function list() {
    page.replaceChildren();
    if (!stays) page.append(make("p", { className: "warn" }, "此浏览器不能保存填写内容：请填一项、保存一次文件，不要关闭页面。"));
    const sides = picks("side", "填报方", Object.fromEntries(PACK.sides.map((s) => [s.side, s.label])), side);
    sides.addEventListener("change", (event) => { side = event.target.value; Kept.setting("side", side); list(); });
    const role = input("role", Kept.setting(`role-${side}`) || office(side), { placeholder: "单位和岗位，不写个人姓名" });
    role.addEventListener("change", () => Kept.setting(`role-${side}`, role.value.trim()));
    page.append(make("section", { className: "panel" }, make("h2", {}, "谁在填报"), sides,
      side ? field("填报岗位", role) : null));
    if (!side) return;
    const done = Kept.of(side).length;
    const total = PACK.markers.length + PACK.stretches.length;
    const bar = make("i");
    bar.style.width = `${total ? (100 * done) / total : 0}%`;
    page.append(make("p", { className: "facts" }, "已填 ", make("b", {}, `${done}`), ` / ${total}`),
      make("div", { className: "progress", "aria-hidden": "true" }, bar));
    for (const line of PACK.lines) {
      const group = make("section", {}, make("h2", {}, line.label));
      PACK.markers.filter((one) => one.lines[0] === line.code)
        .sort((a, b) => (a.chainage_m[line.code] ?? 1e12) - (b.chainage_m[line.code] ?? 1e12))
        .forEach((one) => group.append(item("marker", one.number, `界桩 ${one.number}`, one.where || "位置描述未知", () => marker(one))));
      PACK.stretches.filter((one) => one.line === line.code)
        .forEach((one) => group.append(item("segment", one.id, `界线段 ${one.label}`, `里程 ${one.from_m}–${one.to_m} 米`, () => stretch(one))));
      page.append(group);
    }
    page.append(make("div", { className: "foot" },
      make("button", { type: "button", className: "primary", id: "save-file", onclick: saveFile }, "保存文件")));
  }
  const office = (letter) => PACK.sides.find((one) => one.side === letter)?.office || "";
  const roleNow = () => Kept.setting(`role-${side}`) || office(side);

  function item(kind, subject, title, below, open) {
    const [look, text] = label(Kept.get(side, kind, subject));
    return make("button", { type: "button", className: "item", onclick: open, "data-subject": subject },
      make("span", { className: "words" }, make("b", {}, title), make("small", {}, below)), make("span", { className: look }, text));
  }

  function sheet(title, facts, kind, subject, parts) {
    const now = Kept.get(side, kind, subject);
    const form = make("form", { autocomplete: "off", noValidate: true });
    awaited = new Set();
    const photos = (now?.photos || []).map((one) => ({ ...one }));
    form.append(make("section", { className: "panel" }, make("h2", {}, title), facts), ...parts(now?.values || {}, photos));
    const boxes = PACK.sides.map((one) => field(`${one.label}确认岗位`,
      input(`confirmed-${one.side}`, now?.confirmed?.[one.side] || (one.side === side ? roleNow() : ""), { placeholder: "现场同意则填写，否则留空" })));
    form.append(make("section", { className: "panel" }, make("h2", {}, "双方确认"), ...boxes),
      make("div", { className: "foot" }, make("button", { type: "button", className: "plain", onclick: list }, "返回"),
        make("button", { type: "submit", className: "primary" }, "存入手机")));
    form.addEventListener("submit", (event) => { event.preventDefault(); store(form, kind, subject, photos); });
    page.replaceChildren(form);
    scrollTo(0, 0);
  }

  function marker(one) {
    const facts = make("p", { className: "facts" }, one.where || "位置描述未知", make("br"),
      "档案状态 ", make("b", {}, W.states[one.state]), "　类型 ", make("b", {}, one.type || "未知"));
    sheet(`界桩 ${one.number}`, facts, "marker", one.number, (v, photos) => [
      make("section", { className: "panel" }, make("h2", {}, "现场检查"), picks("state", "状态（必选）", W.states, v.state),
        yesNo("legible", "字迹清晰", v.legible), yesNo("repainted", "已描红", v.repainted),
        yesNo("references_seen", "方位物齐全", v.references_seen), yesNo("one_sided_marks", "有单方标志", v.one_sided_marks)),
      position(v.position || {}), pictures(photos), ending(v, true)]);
  }

  function stretch(one) {
    sheet(`界线段 ${one.label}`, make("p", { className: "facts" }, `里程 ${one.from_m} 至 ${one.to_m} 米`), "segment", one.id, (v) => [
      make("section", { className: "panel" }, make("h2", {}, "现场检查"), picks("visible", "界线清楚（必选）", W.visible, v.visible),
        picks("feature_changed", "地物变化", W.features, v.feature_changed), yesNo("cross_border_building", "有跨界建筑", v.cross_border_building),
        yesNo("one_sided_marks", "有单方标志", v.one_sided_marks)), ending(v, false)]);
  }

  function ending(v, withDanger) {
    const actions = make("select", { name: "action" }, option("", "未填", ""), ...Object.entries(W.actions).map(([k, t]) => option(k, t, v.action)));
    return make("section", { className: "panel" }, make("h2", {}, "处理"), field("采取的措施", actions),
      withDanger ? field("附近险情（挖土、采砂等）", input("danger", v.danger)) : null,
      field("备注", make("textarea", { name: "note", value: v.note || "" }), "不写个人姓名和电话"));
  }

  const SYSTEMS = [["4490", "经纬度（度，CGCS2000）"], ...Array.from({ length: 21 }, (_, n) =>
    [String(4513 + n), `三度带第 ${25 + n} 带（米，横坐标含带号）`])];
  function position(p) {
    const code = String(p.crs || "4490").replace("EPSG:", "");
    const crs = make("select", { name: "crs" }, ...SYSTEMS.map(([k, t]) => option(k, t, code)));
    const x = input("x", p.x, { inputMode: "decimal" });
    const y = input("y", p.y, { inputMode: "decimal" });
    const sigma = input("sigma_m", p.sigma_m, { inputMode: "decimal" });
    const method = make("select", { name: "method" }, option("", "未填", ""), ...Object.entries(W.methods).map(([k, t]) => option(k, t, p.method)));
    const take = make("button", { type: "button", id: "take-position" }, "取当前位置");
    take.addEventListener("click", () => {
      if (!navigator.geolocation) { tell("此浏览器不提供定位，请手工填写坐标。"); return; }
      tell("正在定位…");
      waitFor(new Promise((come) => navigator.geolocation.getCurrentPosition(({ coords }) => {
        crs.value = "4490"; method.value = "handheld";
        x.value = coords.latitude.toFixed(7); y.value = coords.longitude.toFixed(7); sigma.value = Math.max(1, coords.accuracy).toFixed(1);
        tell("已取得位置。");
        come(true);
      }, () => { tell("浏览器没有给出位置，请手工填写坐标。"); come(false); },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 })));
    });
    return make("section", { className: "panel" }, make("h2", {}, "位置"), take,
      make("p", { className: "hint" }, "手机定位只作查找参考；测量成果请填接收机坐标。有的浏览器给出的是 GCJ-02 偏移坐标，导入时会核对。"),
      field("坐标系", crs), make("div", { className: "two" }, field("纵坐标 X 或纬度", x), field("横坐标 Y 或经度", y)),
      make("div", { className: "two" }, field("测量方法", method), field("点位中误差（米）", sigma)),
      field("高程（米）", input("height_m", p.height_m, { inputMode: "decimal" })));
  }

  function pictures(photos) {
    const rows = make("div", { className: "photos" });
    const shot = make("input", { type: "file", accept: "image/*", capture: "environment", "aria-label": "拍照" });
    shot.addEventListener("change", () => { const files = [...shot.files]; shot.value = ""; waitFor(taken(files)); });
    async function taken(files) {
      let all = true;
      const bearing = await Pictures.heading();
      for (const file of files) {
        try {
          photos.push({ data: await Pictures.read(file), view: "near", bearing_deg: bearing === null ? "" : Math.round(bearing),
            bearing_from: "magnetic", taken_at: new Date().toISOString() });
        } catch { all = false; tell(`照片无法读取：${file.name}`); }
      }
      draw();
      return all;
    }
    function draw() {
      rows.replaceChildren(...photos.map((one, n) => {
        const view = make("select", { "aria-label": `照片 ${n + 1} 种类` }, ...Object.entries(W.views).map(([k, t]) => option(k, t, one.view)));
        view.addEventListener("change", () => { one.view = view.value; });
        const bearing = make("input", { value: one.bearing_deg ?? "", inputMode: "decimal", placeholder: "方位角°", "aria-label": `照片 ${n + 1} 方位角（度）` });
        bearing.addEventListener("input", () => { one.bearing_deg = bearing.value.trim(); });
        const from = make("select", { "aria-label": `照片 ${n + 1} 方位角基准` }, ...Object.entries(W.norths).map(([k, t]) => option(k, t, one.bearing_from)));
        from.addEventListener("change", () => { one.bearing_from = from.value; });
        const compass = make("button", { type: "button", className: "plain" }, "取罗盘");
        compass.addEventListener("click", async () => {
          const value = await Pictures.heading();
          if (value === null) { tell("手机没有给出罗盘方位，请手工填写。"); return; }
          one.bearing_deg = bearing.value = Math.round(value);
        });
        const drop = make("button", { type: "button", className: "plain" }, "删除");
        drop.addEventListener("click", () => { photos.splice(n, 1); draw(); });
        return make("div", { className: "photo" }, make("img", { src: one.data, alt: `照片 ${n + 1}` }),
          make("div", {}, make("div", { className: "two" }, view, from), make("div", { className: "two" }, bearing, compass), drop));
      }));
    }
    draw();
    return make("section", { className: "panel" }, make("h2", {}, "照片"),
      make("label", { className: "shot" }, "拍照或选照片", shot),
      make("p", { className: "hint" }, "近景、远景、四个方向；照片缩小后存入，不含拍摄地点和设备信息。"), rows);
  }

  // Stored means: with the photos and the position that were asked for. What did not come is told first.
  async function store(form, kind, subject, photos) {
    const button = form.querySelector("[type=submit]");
    if (button.disabled) return;
    button.disabled = true;
    if (awaited.size) tell("正在等照片或定位，好了就存。");
    const came = await Promise.all(awaited);
    if (came.every(Boolean)) await keep(form, kind, subject, photos);
    button.disabled = false;
  }

  async function keep(form, kind, subject, photos) {
    const data = new FormData(form);
    const said = (name) => (data.get(name) || "").toString().trim();
    const needed = kind === "marker" ? "state" : "visible";
    if (!said(needed)) { tell("请先选择状态。"); form.querySelector(`[name=${needed}]`).focus(); return; }
    if (!roleNow()) { tell("请先在首页填写填报岗位。"); return; }
    const values = {};
    for (const name of ["state", "visible", "feature_changed", "action", "danger", "note"]) if (said(name)) values[name] = said(name);
    for (const name of ["legible", "repainted", "references_seen", "one_sided_marks", "cross_border_building"])
      if (said(name)) values[name] = said(name) === "yes";
    if (said("x") || said("y")) {
      values.position = {};
      for (const name of ["crs", "x", "y", "sigma_m", "method", "height_m"]) if (said(name)) values.position[name] = said(name);
    }
    const confirmed = {};
    for (const one of PACK.sides) if (said(`confirmed-${one.side}`)) confirmed[one.side] = said(`confirmed-${one.side}`);
    stays = await Kept.put({ kind, subject, side, role: roleNow(), at: new Date().toISOString(), values, confirmed, photos });
    if (form.isConnected) list();
    tell(stays ? "已存入手机。" : "未能存入手机，请马上保存文件。");
  }

  function saveFile() {
    const forms = Kept.of(side);
    if (!forms.length) { tell("还没有填写。"); return; }
    const told = { format: PACK.format, version: PACK.version, notice: PACK.notice, campaign: PACK.campaign, side, role: roleNow(),
      saved_at: new Date().toISOString(), forms };
    const stamp = new Date().toISOString().slice(0, 16).replace(/\D/g, "");
    const link = make("a", { href: URL.createObjectURL(new Blob([JSON.stringify(told)], { type: "application/json" })),
      download: `${PACK.campaign}-${side}-${stamp}.json` });
    document.body.append(link);
    link.click();
    link.remove();
    tell(`已保存 ${forms.length} 份，请把文件带回。`);
  }

  Kept.load().then((kept) => { stays = kept; list(); });
})();
