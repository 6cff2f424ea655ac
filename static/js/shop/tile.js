// A picture for products that have none: what its name says, in its colours, on a ground that its SKU decides.
// The same SKU and name always give the same tile.
const SVG = "http://www.w3.org/2000/svg";

// ground, deep, middle, light
const PALETTES = {
  rose: ["#f3dcd6", "#b4574c", "#d98f83", "#fdf4f1"],
  sand: ["#efe3cf", "#8f6f40", "#cbab74", "#fdf8ee"],
  sage: ["#dde6d8", "#56774f", "#93ad8c", "#f6faf4"],
  sky: ["#d8e4ea", "#45708a", "#8cb0c2", "#f3f8fa"],
  lilac: ["#e5deec", "#705b90", "#aa99c3", "#f9f6fb"],
  clay: ["#f0d9c8", "#a0582f", "#d3976f", "#fcf4ee"],
  slate: ["#dfe1e5", "#4c586c", "#95a1b3", "#f6f7f9"],
  butter: ["#f5e9c2", "#94741a", "#d5b54f", "#fef9e9"],
};
const COLOURS = [
  [/\b(red|pink|rose|strawberry|cherry)/i, "rose"], [/\b(blue|sky|spaceboy|water)/i, "sky"],
  [/\b(green|garden|woodland|tree)/i, "sage"], [/\b(white|ivory|cream|natural)/i, "sand"],
  [/\b(purple|lavender|lilac|fairy)/i, "lilac"], [/\b(black|silver|zinc|metal|grey|skulls?)\b/i, "slate"],
  [/\b(gold|yellow|butter|honey|sun)/i, "butter"], [/\b(wood|wooden|chocolate|vintage|wicker|brown)\b/i, "clay"],
];
const MOTIFS = [
  [/\b(clock|alarm|watch)/i, "clock"], [/\b(t-?lights?|candles?|lantern|holder)/i, "candle"],
  [/\b(mug|cup|tea|teapot|coffee)/i, "mug"], [/\b(bag|shopper|lunch|purse|backpack)/i, "bag"],
  [/\b(cake|cakestand|baking|muffin|doily)/i, "cake"], [/\b(bunting|party|balloon|pennant)/i, "bunting"],
  [/\b(jar|bottle|pot|tin|tins|vase|pantry)\b/i, "jar"], [/\b(hearts?|love|sweetheart)\b/i, "heart"],
  [/\b(stars?)\b/i, "star"], [/\b(christmas|tree|woodland|xmas)\b/i, "tree"],
  [/\b(flowers?|rose|daisy|garland|garden|blossom)\b/i, "flower"],
  [/\b(bowl|plate|egg|dinner|dish|tray)s?\b/i, "bowl"],
  [/\b(cards?|frame|sign|art|photo|picture|mirror|notebook|book|print|chalkboard)\b/i, "frame"],
  [/\b(birds?|hen|duck|chick|owl|robin|dove)s?\b/i, "bird"],
];
const OTHERS = ["gift", "vase", "arches", "leaves"];

// Each draws around the origin, within 60 units. d: deep, m: middle, l: light.
const DRAW = {
  heart: (d, m, l) => [path("M0 46C-52 10-50-30-24-36-10-39-2-30 0-22 2-30 10-39 24-36 50-30 52 10 0 46Z", d),
    path("M-26-24c-9 3-12 13-8 23", "none", { stroke: l, "stroke-width": 5, "stroke-linecap": "round" })],
  star: (d, m) => [path("M0-48 14-16 48-14 22 8 30 42 0 23-30 42-22 8-48-14-14-16Z", d, { "stroke-linejoin": "round", stroke: d, "stroke-width": 6 }), circle(0, 2, 9, m)],
  mug: (d, m, l) => [path("M26-18h10a16 16 0 0 1 0 36H26", "none", { stroke: m, "stroke-width": 9 }),
    path("M-38-34h66v52a20 20 0 0 1-20 20h-26a20 20 0 0 1-20-20Z", d), path("M-38-16h66v10h-66Z", l, { opacity: 0.85 }),
    path("M-18-44q-6-7 0-14M4-44q-6-7 0-14", "none", { stroke: m, "stroke-width": 4, "stroke-linecap": "round" })],
  bag: (d, m, l) => [path("M-20-18v-14a20 20 0 0 1 40 0v14", "none", { stroke: m, "stroke-width": 7 }),
    path("M-42-20h84l8 66h-100Z", d), circle(-22, 2, 6, l), circle(0, 18, 6, l), circle(22, 2, 6, l), circle(-22, 32, 6, l), circle(22, 32, 6, l)],
  candle: (d, m, l) => [path("M0-56c12 14 12 26 0 30-12-4-12-16 0-30Z", "#e9a13b"), path("M-14-22h28v46h-28Z", l),
    path("M-34 24h68q-4 22-24 22h-20q-20 0-24-22Z", d), path("M-14-22h28v9q-14 8-28 0Z", m, { opacity: 0.5 })],
  clock: (d, m, l) => [circle(0, 0, 46, d), circle(0, 0, 35, l),
    path("M0-22V0l15 10", "none", { stroke: d, "stroke-width": 6, "stroke-linecap": "round" }), circle(0, 0, 5, m)],
  frame: (d, m, l) => [path("M-46-38h92v76h-92Z", d), path("M-36-28h72v56h-72Z", l), path("M-36 28 -8-8 12 14 22 4 36 20v8Z", m), circle(16, -12, 8, m)],
  flower: (d, m, l) => [path("M0 8v46M0 40c14 2 22-6 24-18-14-2-22 6-24 18Z", m, { stroke: m, "stroke-width": 5 }),
    ...[0, 60, 120, 180, 240, 300].map((turn) => path("M0-18c-14-12-12-30 0-34 12 4 14 22 0 34Z", d, { transform: `translate(0 -8) rotate(${turn})` })), circle(0, -8, 12, l)],
  tree: (d, m, l) => [path("M-7 34h14v18H-7Z", m), path("M0-54 26-18H14L34 10H18L42 36h-84L-18 10h-16L-14-18h-12Z", d), circle(-6, -6, 5, l), circle(12, 16, 5, l), circle(-14, 24, 5, l)],
  jar: (d, m, l) => [path("M-22-50h44v14h-44Z", m), path("M-26-34h52q12 8 12 20v46a14 14 0 0 1-14 14h-48a14 14 0 0 1-14-14v-46q0-12 12-20Z", d), path("M-24-4h48v30h-48Z", l)],
  cake: (d, m, l) => [path("M-34-12h68v26h-68Z", d), path("M-34-12q0-14 34-14t34 14q-8 12-17 2-9 12-17 2-9 10-17 0-9 8-17-4Z", l), circle(0, -32, 8, "#c8463c"),
    path("M-50 14h100l-8 8h-84Z", m), path("M-5 22H5v18h18v8h-46v-8H-5Z", m)],
  bunting: (d, m, l) => [path("M-70-34Q0 6 70-34", "none", { stroke: d, "stroke-width": 4 }),
    path("M-58-28-30-16-50 18Z", d), path("M-24-14-2-10-16 26Z", m), path("M2-10 24-14 16 26Z", d), path("M30-16 58-28 50 18Z", l)],
  bowl: (d, m, l) => [path("M-50-12h100q0 46-36 50h-28q-36-4-36-50Z", d), path("M-50-12h100v8h-100Z", m), path("M-32 8q32 18 64 0", "none", { stroke: l, "stroke-width": 5, "stroke-dasharray": "2 10", "stroke-linecap": "round" })],
  bird: (d, m, l) => [path("M-48 6C-30-34 14-40 30-14l20 6-18 8C28 34-24 44-40 22l-22 8Z", d), path("M-18 0q22-10 30 6-18 20-38 10Z", m), circle(20, -12, 4, l)],
  gift: (d, m, l) => [path("M-40-8h80v50h-80Z", d), path("M-46-24h92v18h-92Z", m), path("M-8-24H8v66H-8Z", l), path("M0-24c-30 0-34-26-16-28C-4-53 0-34 0-24c0-10 4-29 16-28C34-50 30-24 0-24Z", "none", { stroke: l, "stroke-width": 6 })],
  vase: (d, m, l) => [path("M0-20C-4-40-20-44-28-46M0-20C2-42 12-52 24-54M0-18v-34", "none", { stroke: m, "stroke-width": 5, "stroke-linecap": "round" }),
    circle(-30, -46, 8, m), circle(26, -54, 8, m), circle(0, -56, 8, l), path("M-14-20h28c0 12 22 22 22 40 0 16-12 26-22 26h-28c-10 0-22-10-22-26 0-18 22-28 22-40Z", d)],
  arches: (d, m, l) => [path("M-50 42v-34a50 50 0 0 1 100 0v34Z", d), path("M-34 42V10a34 34 0 0 1 68 0v32Z", m), path("M-18 42V12a18 18 0 0 1 36 0v30Z", l)],
  leaves: (d, m, l) => [path("M0 52V-40", "none", { stroke: d, "stroke-width": 5, "stroke-linecap": "round" }),
    ...[-28, 0, 28].flatMap((y, place) => [path(`M0 ${y + 14}c-34 2-42-14-42-28 26-2 40 8 42 28Z`, place % 2 ? m : d), path(`M0 ${y + 14}c34 2 42-14 42-28-26-2-40 8-42 28Z`, place % 2 ? d : m)]), circle(0, -46, 7, l)],
};

export function tile(sku, name) {
  const dice = hash(sku);
  const [ground, deep, middle, light] = PALETTES[matching(COLOURS, name) ?? pick(Object.keys(PALETTES), dice)];
  const motif = matching(MOTIFS, name) ?? pick(OTHERS, dice >>> 5);
  const svg = shape("svg", { viewBox: "0 0 200 200", preserveAspectRatio: "xMidYMid slice", "aria-hidden": "true", focusable: "false" });
  const turn = motif === "bunting" ? 0 : ((dice >>> 9) % 13) - 6;
  const stage = shape("g", { transform: `translate(100 104) rotate(${turn}) scale(${1 + ((dice >>> 13) % 20) / 100})` });
  stage.append(...DRAW[motif](deep, middle, light));
  svg.append(shape("rect", { x: -100, y: -100, width: 400, height: 400, fill: ground }), ...backdrop(dice >>> 17, light), stage);
  return svg;
}

function backdrop(dice, light) {
  const soft = { opacity: 0.55 };
  const x = 40 + (dice % 120), y = 50 + ((dice >>> 4) % 90);
  return [
    () => [circle(x, y, 84, light, soft)],
    () => [path("M-100 142h400v160h-400Z", light, soft)],
    () => [0, 1, 2, 3, 4].map((n) => path(`M${n * 50 - 10} -100h18v400h-18Z`, light, { opacity: 0.4 })),
    () => [circle(100, 104, 78, "none", { stroke: light, "stroke-width": 14, ...soft })],
  ][(dice >>> 9) % 4]();
}

function matching(table, name) {
  return table.find(([words]) => words.test(name))?.[1];
}

function pick(list, dice) {
  return list[dice % list.length];
}

// FNV-1a, 32 bits, with a last stir so that neighbouring SKUs differ in every bit.
function hash(text) {
  let state = 0x811c9dc5;
  for (const letter of text) state = Math.imul(state ^ letter.codePointAt(0), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x45d9f3b);
  return (state ^ (state >>> 16)) >>> 0;
}

function shape(name, traits) {
  const made = document.createElementNS(SVG, name);
  for (const [trait, value] of Object.entries(traits)) made.setAttribute(trait, value);
  return made;
}

function path(d, fill, traits = {}) {
  return shape("path", { d, fill, ...traits });
}

function circle(cx, cy, r, fill, traits = {}) {
  return shape("circle", { cx, cy, r, fill, ...traits });
}
