// A drawn map becomes a live one where the browser can: MapLibre with our own shapes, no tiles, no glyphs, no foreign host.
// Anything that goes wrong leaves the drawing as it is.
const maplibre = globalThis.maplibregl;

for (const figure of document.querySelectorAll("[data-map]")) {
  if (maplibre && hasWebGl()) start(figure).catch(() => stop(figure));
}

function hasWebGl() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2", { failIfMajorPerformanceCaveat: true }));
  } catch {
    return false;
  }
}

async function start(figure) {
  const answer = await fetch(figure.dataset.map, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  const { areas, points } = await answer.json();
  const ink = (name) => getComputedStyle(figure).getPropertyValue(name).trim();
  maplibre.setWorkerUrl(figure.dataset.worker);
  const live = figure.querySelector(".map-live");
  live.hidden = false;
  const map = new maplibre.Map({
    container: live,
    attributionControl: false,
    cooperativeGestures: true,
    bounds: boundsOf([areas, points]),
    fitBoundsOptions: { padding: 24 },
    style: {
      version: 8,
      sources: { areas: { type: "geojson", data: areas }, points: { type: "geojson", data: points } },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": ink("--surface") } },
        { id: "areas", type: "fill", source: "areas", paint: { "fill-color": ink("--c2"), "fill-opacity": 0.16 } },
        { id: "borders", type: "line", source: "areas", paint: { "line-color": ink("--c3"), "line-width": 1.5 } },
        {
          id: "points", type: "symbol", source: "points",
          layout: { "icon-image": ["get", "lamp"], "icon-allow-overlap": true, "icon-size": 0.5 },
        },
      ],
    },
  });
  map.on("error", () => stop(figure));
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  for (const lamp of ["red", "yellow", "green", "pause", "grey"]) map.addImage(lamp, mark(lamp, ink(`--lamp-${lamp}`)));
  for (const area of areas.features) label(map, area);
  map.on("mouseenter", "points", () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", "points", () => (map.getCanvas().style.cursor = ""));
  map.on("click", "points", ({ features, lngLat }) => open(map, features, lngLat));
  map.once("load", () => (figure.querySelector(".map-drawing").hidden = true));
}

function stop(figure) {
  figure.querySelector(".map-live").hidden = true;
  figure.querySelector(".map-drawing").hidden = false;
}

function boundsOf(collections) {
  const bounds = new maplibre.LngLatBounds();
  const walk = (part) => (typeof part[0] === "number" ? bounds.extend(part) : part.forEach(walk));
  for (const { features } of collections) for (const { geometry } of features) walk(geometry.coordinates);
  return bounds;
}

// The shapes of the lamps, drawn at twice their size.
function mark(lamp, colour) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 32;
  const pen = canvas.getContext("2d");
  pen.fillStyle = pen.strokeStyle = colour;
  if (lamp === "red") pen.fillRect(4, 4, 24, 24);
  else if (lamp === "pause") pen.fillRect(5, 4, 8, 24), pen.fillRect(19, 4, 8, 24);
  else {
    pen.beginPath();
    if (lamp === "yellow") pen.moveTo(16, 2), pen.lineTo(31, 29), pen.lineTo(1, 29), pen.closePath();
    else pen.arc(16, 16, 11, 0, 2 * Math.PI);
    pen.lineWidth = 5;
    lamp === "grey" ? pen.stroke() : pen.fill();
  }
  return pen.getImageData(0, 0, 32, 32);
}

function label(map, { geometry, properties }) {
  const words = document.createElement("span");
  words.className = "map-label";
  words.textContent = properties.name;
  const bounds = boundsOf([{ features: [{ geometry }] }]);
  new maplibre.Marker({ element: words, anchor: "top", offset: [0, 10] })
    .setLngLat([bounds.getCenter().lng, bounds.getNorth()])
    .addTo(map);
}

// One project opens at once; several at one place are offered by name.
function open(map, features, lngLat) {
  const found = new Map(features.map(({ properties }) => [properties.href, properties]));
  if (found.size === 1) return void (location.href = features[0].properties.href);
  const list = document.createElement("ul");
  list.className = "plain";
  for (const { href, name, note } of found.values()) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = note ? `${name}，${note}` : name;
    list.appendChild(document.createElement("li")).append(link);
  }
  new maplibre.Popup().setLngLat(lngLat).setDOMContent(list).addTo(map);
}
