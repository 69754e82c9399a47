// Our canvas beside React Flow in one run of one browser: until a card reacts, frames while panning and
// zooming, elements, heap. FLOWRIGHT_BIN names the server, FLOWRIGHT_ROOT the checkout with the page;
// `npm ci && node canvas.mjs [STEPS…]`, run in e2e/bench/ after `npm ci` in e2e/.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { address, server } from "../measure/house.mjs";
import { workflow } from "./graphs.mjs";

const { chromium } = createRequire(new URL("../package.json", import.meta.url))("@playwright/test");
const executablePath = process.env.FLOWRIGHT_CHROMIUM ?? (await (await import("@sparticuz/chromium")).default.executablePath());

const RUNS = 3;
const FRAMES = 180;
// Where ours begins with a workflow that does not fit.
const ZOOM = 0.55;

// ------------------------------------------------------------------ the page with React Flow

const bundle = await build({
  entryPoints: [new URL("react-flow.jsx", import.meta.url).pathname],
  bundle: true,
  minify: true,
  format: "esm",
  jsx: "automatic",
  target: "es2022",
  outdir: "/bundle",
  write: false,
  define: { "process.env.NODE_ENV": '"production"' },
});
// The cards look as ours do: the same rules, out of our own sheet.
const sheet = readFileSync(new URL("../../style/app.css", import.meta.url), "utf8");
const files = new Map(bundle.outputFiles.map((file) => [file.path.endsWith(".css") ? "/app.css" : "/app.js", file.contents]));
files.set("/cards.css", Buffer.from(sheet));
const packed = new Map([...files].map(([path, bytes]) => [path, brotliCompressSync(bytes)]));
const html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>React Flow</title>
<link rel="stylesheet" href="/cards.css"><link rel="stylesheet" href="/app.css">
<style>html,body,#root{margin:0;height:100%}.react-flow__node .card{position:static;width:272px;height:88px}</style>
</head><body><div id="root"></div><script type="module" src="/app.js"></script></body></html>`;
const TYPES = { "/app.js": "text/javascript", "/app.css": "text/css", "/cards.css": "text/css" };
const other = createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  if (url.pathname === "/workflow.json") {
    response.setHeader("content-type", "application/json");
    return response.end(JSON.stringify(workflow(Number(url.searchParams.get("steps")))));
  }
  const file = packed.get(url.pathname);
  response.setHeader("content-type", TYPES[url.pathname] ?? "text/html");
  if (file) response.setHeader("content-encoding", "br");
  response.end(file ?? html);
});
await new Promise((resolve) => other.listen(0, "127.0.0.1", resolve));
const otherAddress = `http://127.0.0.1:${other.address().port}`;

// ------------------------------------------------------------------ both pages alike

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--enable-precise-memory-info"],
});
const settings = { viewport: { width: 1536, height: 960 }, reducedMotion: "reduce" };

/** Runs before the page's own code: sees when the first card is drawn, clicks it until it answers, and finds WebAssembly's memory. */
function watch({ card, answered }) {
  window.drawn = new Promise((resolve) => {
    const look = () => {
      const first = document.querySelector(card);
      const seen = first?.getBoundingClientRect().width > 0 && getComputedStyle(first).visibility === "visible";
      // What is there in one frame has been painted when the next begins.
      requestAnimationFrame(seen ? () => resolve(performance.now()) : look);
    };
    requestAnimationFrame(look);
  });
  window.memories = [];
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const own = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const made = await own.apply(WebAssembly, given);
      const { memory } = (made.instance ?? made).exports;
      if (memory) window.memories.push(memory);
      return made;
    };
  }
  window.reacts = new Promise((resolve) => {
    const look = () => {
      document.querySelector(card)?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
      // A page that draws later than it is told to answers in the next task.
      setTimeout(() => (document.querySelector(answered) ? resolve(performance.now()) : look()), 5);
    };
    document.addEventListener("DOMContentLoaded", look);
  });
}

/** Wheels once in each frame; how long each frame took. */
async function frames({ surface, count }) {
  const target = document.querySelector(surface);
  const bounds = target.getBoundingClientRect();
  const at = { clientX: bounds.left + bounds.width / 2, clientY: bounds.top + bounds.height / 2, bubbles: true, cancelable: true };
  const run = async (event) => {
    const times = [];
    let last = 0;
    for (let frame = 0; frame < count; frame++) {
      const now = await new Promise((resolve) => requestAnimationFrame(resolve));
      if (last > 0) times.push(now - last);
      last = now;
      target.dispatchEvent(new WheelEvent("wheel", { ...at, ...event(frame) }));
    }
    return times;
  };
  const pan = await run(() => ({ deltaY: 60 }));
  const zoom = await run((frame) => ({ deltaY: frame % 60 < 30 ? 4 : -4, ctrlKey: true }));
  return { pan, zoom };
}

const p95 = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)];

async function measured(subject, storageState) {
  // A context of its own has nothing in its cache.
  const context = await browser.newContext({ ...settings, storageState });
  const page = await context.newPage();
  await page.addInitScript(watch, subject);
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable");
  await page.goto(subject.url, { waitUntil: "commit" });
  await page.waitForFunction(() => window.reacts, undefined, { timeout: 120_000 });
  const [drawn, reacts] = await page.evaluate(() => Promise.all([window.drawn, window.reacts]));
  await page.waitForLoadState("load");
  await page.keyboard.press("Escape");
  const layout = await page.evaluate(() => window.layoutTook);
  await devtools.send("HeapProfiler.collectGarbage");
  const heap = await devtools.send("Runtime.getHeapUsage");
  const counted = await page.evaluate((graph) => ({
    wasm: window.memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
    page: document.querySelectorAll("*").length,
    graph: document.querySelectorAll(`${graph} *`).length,
  }), subject.graph);
  const busy = async () => (await devtools.send("Performance.getMetrics")).metrics.find((metric) => metric.name === "TaskDuration").value * 1000;
  const before = await busy();
  const { pan, zoom } = await page.evaluate(frames, { surface: subject.surface, count: FRAMES });
  const each = ((await busy()) - before) / (2 * FRAMES);
  await context.close();
  return {
    drawn,
    reacts,
    layout,
    pan: p95(pan),
    zoom: p95(zoom),
    each,
    page: counted.page,
    graph: counted.graph,
    heap: heap.usedSize / 2 ** 20,
    wasm: counted.wasm / 2 ** 20,
  };
}

// ------------------------------------------------------------------ ours

const context = await browser.newContext(settings);
const page = await context.newPage();
await page.goto(`${address}/sign-in`);
await page.getByLabel("E-mail").fill("owner@harborgoods.example");
await page.getByLabel("Password").fill("harbor-demo");
await page.getByRole("button", { name: "Sign in" }).click();
await page.waitForURL(`${address}/`);

/** A session whose draft is the workflow; returns its address. */
async function session(count) {
  await page.goto(address);
  await page.getByRole("button", { name: "Or build it by hand" }).last().click();
  await page.getByRole("dialog").getByRole("combobox").fill("order created");
  const sent = page.waitForRequest((request) => request.url().includes("/api/edit"));
  await page.keyboard.press("Enter");
  const edit = (await sent).url();
  await page.waitForURL(/sessions/);
  await page.locator("[data-step]").first().waitFor();
  const id = page.url().split("/").pop();
  await page.evaluate(
    async ([edit, session, workflow]) => {
      // The trigger was the first event, and the edit goes on from it.
      const body = (revision) => JSON.stringify({ session, revision, edit: { kind: "replace", summary: "Made large", workflow } });
      for (let revision = 1; revision < 9; revision++) {
        const answer = await fetch(edit, { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: body(revision) });
        if (answer.ok) return;
      }
      throw new Error("the workflow was not taken");
    },
    [edit, id, workflow(count)],
  );
  return page.url();
}

// ------------------------------------------------------------------ side by side

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const counts = process.argv.slice(2).map(Number);
const rows = [];
for (const count of counts.length > 0 ? counts : [200, 800, 2000]) {
  const url = await session(count);
  const theirs = { card: ".react-flow__node", answered: ".react-flow__node.selected", graph: ".react-flow", surface: ".react-flow__pane" };
  const subjects = [
    ["Flowright", { url, card: "[data-step]", answered: "[data-step].selected", graph: ".canvas", surface: ".canvas-window" }],
    ["React Flow", { ...theirs, url: `${otherAddress}/?steps=${count}&zoom=${ZOOM}` }],
    ["React Flow, only visible", { ...theirs, url: `${otherAddress}/?steps=${count}&zoom=${ZOOM}&visible` }],
  ];
  const taken = subjects.map(() => []);
  for (let run = 0; run < RUNS; run++) {
    // In turns, so that what else the machine does meets all of them.
    for (const [at, [name, subject]] of subjects.entries()) {
      taken[at].push(await measured(subject, name === "Flowright" ? await context.storageState() : undefined));
    }
  }
  for (const [at, [name]] of subjects.entries()) {
    const of = (key) => median(taken[at].map((one) => one[key]).filter((value) => value !== undefined));
    const layout = taken[at][0].layout === undefined ? "" : ` (layout ${of("layout").toFixed(0)})`;
    rows.push(
      `| ${count} | ${name} | ${of("drawn").toFixed(0)} ms | ${of("reacts").toFixed(0)} ms${layout} | ${of("pan").toFixed(1)} / ${of("zoom").toFixed(1)} ms | ` +
        `${of("each").toFixed(1)} ms | ${of("graph")} of ${of("page")} | ${of("heap").toFixed(1)} + ${of("wasm").toFixed(1)} MB |`,
    );
    console.error(rows.at(-1));
  }
}
const bytes = [...packed.values()].reduce((sum, file) => sum + file.length, 0);
console.log(`Median of ${RUNS}, ${browser.version()}, 1536×960; React Flow's page is ${bytes.toLocaleString("en")} bytes in brotli\n`);
console.log("| Steps | | Drawn after | Reacts after | Frame, p95, panning / zooming | Thread busy per frame | Elements in the graph, in the page | Heap + WebAssembly's memory |");
console.log("|---|---|---|---|---|---|---|---|");
console.log(rows.join("\n"));
await browser.close();
other.close();
server.kill();
