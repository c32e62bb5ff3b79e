// Asks the doors with @camptocamp/ogc-client and writes what it understood as JSON.
// node ask.mjs <client.mjs> <address of the landing page>
import { pathToFileURL } from "node:url";

const [client, address] = process.argv.slice(2);
globalThis.location = new URL(address); // the client resolves addresses as a browser does
const { OgcApiEndpoint } = await import(pathToFileURL(client));
const doors = new OgcApiEndpoint(address);
const name = "facilities";
const box = [119.9, 31.7, 120.0, 31.8];
const ids = (found) => found.map((one) => one.id);

const pages = [];
for (let from = 0; from < 30; from += 10) {
  pages.push(...ids(await doors.getCollectionItems(name, 10, from, true, ["-name"])));
}
const told = await doors.getCollectionInfo(name);
const matrices = await doors.tileMatrixSets;
const boxed = await doors.getCollectionItems(
  name, 1000, 0, false, null, box, ["name"], new Date("2026-01-01"),
);
const url = await doors.getCollectionItemsUrl(name, {
  query: "filter=beds_total > 100", limit: 10000, asJson: true,
  outputCrs: "http://www.opengis.net/def/crs/EPSG/0/4528",
});
const answer = await fetch(url);
console.log(JSON.stringify({
  info: await doors.info,
  features: await doors.featureCollections,
  tiled: await doors.vectorTileCollections,
  matrices,
  tilesets: await Promise.all(matrices.map((set) => doors.getVectorTilesetUrl(name, set))),
  told,
  pages,
  boxed,
  one: await doors.getCollectionItem(name, pages[0]),
  filtered: { url, system: answer.headers.get("content-crs"), found: await answer.json() },
  fromInside: await new OgcApiEndpoint(`${address}collections/${name}`).featureCollections,
}));
