// The offline map: lines, markers, tri-junctions, and where one stands. Asks nobody for anything.
"use strict";
(() => {
  const words = PACK.words.states;
  const board = L.map("map", { zoomControl: false, attributionControl: false, maxZoom: 20, zoomSnap: 0.25 });
  L.control.zoom({ position: "topright", zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(board);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(board);
  const spots = [...PACK.lines.flatMap((line) => line.parts.flat()), ...PACK.junctions.map((one) => [one.lon, one.lat])];
  if (spots.length) board.fitBounds(L.latLngBounds(spots.map(([lon, lat]) => [lat, lon])).pad(0.08));
  else board.setView([35, 105], 4);
  const all = L.featureGroup().addTo(board);

  for (const line of PACK.lines) {
    const path = line.parts.map((part) => part.map(([lon, lat]) => [lat, lon]));
    L.polyline(path, { color: "#fff", weight: 7, interactive: false }).addTo(board);
    const style = { color: line.disputed ? "#8a1c1c" : "#12695c", weight: 3, dashArray: line.disputed ? "8 6" : null };
    L.polyline(path, style).bindPopup(() => card(line.label, [["代码", line.code], ["依据", line.basis],
      ["量算长度", `${line.length_m} 米`], line.disputed ? ["争议", "有争议，仅限内部"] : null])).addTo(all);
  }
  const icon = (state) => L.divIcon({ className: "spot", html: sign(state, 22), iconSize: [22, 22] });

  // Leaflet gives a drawn sign the role of a button but no name.
  const named = (mark, name) => {
    mark.getElement().setAttribute("aria-label", name);
    return mark;
  };

  PACK.junctions.forEach((one, n) => named(L.marker([one.lat, one.lon], { icon: icon("junction") })
    .bindPopup(() => card(`三交点 ${n + 1}`, [["单位", one.units.join("、")], ["经纬度", place(one)]])).addTo(all), `三交点 ${n + 1}`));

  const marks = new Map();
  for (const one of PACK.markers) {
    if (one.lon === null) continue;
    const mark = L.marker([one.lat, one.lon], { icon: icon(one.state) });
    const label = document.createTextNode(one.number);
    const holder = make("span", {}, label);
    mark.bindTooltip(holder, { permanent: PACK.markers.length <= 60, direction: "right", className: "number", offset: [8, 0] });
    mark.bindPopup(() => card(`界桩 ${one.number}`, [["状态", words[one.state]], ["类型", one.type || "未知"],
      ["位置", one.where || "未知"], ["经纬度", place(one) + (one.approximate ? "（近似）" : "")],
      ["档案坐标系", one.crs || "未知"],
      ...one.references.map((r, n) => [`方位物 ${n + 1}`, reference(r)])])).addTo(all);
    marks.set(one.number, named(mark, `界桩 ${one.number} ${words[one.state]}`));
  }

  function place(one) { return `${one.lon.toFixed(6)}, ${one.lat.toFixed(6)}`; }
  function reference(told) {
    return [told.name ?? told.position ?? told.text ?? "名称未知",
      told.azimuth_deg === undefined ? "" : `坐标方位角 ${told.azimuth_deg}°`,
      told.distance_m === undefined ? "" : `${told.distance_m} 米`].filter(Boolean).join("，");
  }
  function card(title, rows) {
    const list = make("dl");
    for (const row of rows.filter(Boolean)) list.append(make("dt", {}, row[0]), make("dd", {}, row[1]));
    return make("div", { className: "card" }, make("b", {}, title), list);
  }

  const rows = document.getElementById("rows");
  function show(wanted) {
    rows.replaceChildren();
    for (const line of PACK.lines) {
      const own = PACK.markers.filter((one) => one.lines[0] === line.code
        && `${one.number} ${one.where || ""}`.includes(wanted))
        .sort((a, b) => (a.chainage_m[line.code] ?? 1e12) - (b.chainage_m[line.code] ?? 1e12));
      rows.append(make("h2", {}, `${line.label}（界桩 ${own.length} 颗）`));
      for (const one of own) {
        const at = one.chainage_m[line.code];
        const row = make("button", { type: "button", className: "row" }, sign(one.state),
          make("span", {}, make("b", {}, `${one.number}　${words[one.state]}`),
            make("small", {}, at === null || at === undefined ? "位置未知" : `里程 ${at} 米`),
            make("small", {}, one.where || "位置描述未知")));
        row.disabled = !marks.has(one.number);
        row.addEventListener("click", () => {
          for (const other of rows.querySelectorAll(".on")) other.classList.remove("on");
          row.classList.add("on");
          board.setView(marks.get(one.number).getLatLng(), Math.max(board.getZoom(), 15));
          marks.get(one.number).openPopup();
        });
        rows.append(row);
      }
    }
  }
  show("");
  document.getElementById("find").addEventListener("input", (event) => show(event.target.value.trim()));

  const legend = document.getElementById("legend");
  const states = [...new Set(PACK.markers.map((one) => one.state))];
  for (const state of states) legend.append(make("li", {}, sign(state, 15), `界桩 ${words[state]}`));
  for (const [shown, colour, dash, text] of [[true, "#12695c", "", "界线"], [PACK.lines.some((l) => l.disputed), "#8a1c1c", "5 3", "有争议，仅限内部"]]) {
    if (!shown) continue;
    const key = sign("intact", 15);
    const path = key.firstChild;
    for (const [k, v] of [["d", "M0 9H18"], ["stroke", colour], ["stroke-width", 3], ["stroke-dasharray", dash]]) path.setAttribute(k, v);
    legend.append(make("li", {}, key, text));
  }
  if (PACK.junctions.length) legend.append(make("li", {}, sign("junction", 15), "三交点"));

  let here = null;
  document.getElementById("here").addEventListener("click", () => {
    if (!navigator.geolocation) { tell("此浏览器不提供定位。"); return; }
    tell("正在定位…");
    navigator.geolocation.watchPosition(({ coords }) => {
      const at = [coords.latitude, coords.longitude];
      if (here === null) { here = named(L.marker(at, { icon: icon("here") }).addTo(board), "我的位置"); board.setView(at, 16); }
      here.setLatLng(at);
      tell(`当前位置 ${at[1].toFixed(6)}, ${at[0].toFixed(6)}，精度约 ${Math.round(coords.accuracy)} 米`);
    }, () => tell("未能定位：浏览器没有给出位置。"), { enableHighAccuracy: true });
  });
})();
