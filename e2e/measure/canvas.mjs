// Speed of the canvas with large workflows: until it is drawn, and each frame while panning and zooming.
// FLOWRIGHT_BIN names the server; `node measure/canvas.mjs [STEPS…]`, run in e2e/.
import { chromium } from "@playwright/test";
import sparticuz from "@sparticuz/chromium";
import { address, server } from "./house.mjs";

// Conditions whose branches meet again, one behind the other.
function workflow(count) {
  const steps = [{ id: "0", task_id: "shopify::admin::order_created", task_version: "0.1", task_type: "TRIGGER", config: [], position: [0, 0] }];
  const links = [];
  let ends = [["0", "output"]];
  const step = (task_id, task_type, config) => {
    const id = String(steps.length);
    steps.push({ id, task_id, task_version: "0.1", task_type, config, position: [0, 0] });
    return id;
  };
  const link = (from, from_port, to) => links.push({ from, from_port, to, to_port: "input" });
  while (steps.length + 3 <= count) {
    const head = step("shopify::flow::condition", "CONDITION", [{ id: "condition", value: "(order.name == 'a')" }]);
    for (const [from, port] of ends) link(from, port, head);
    const yes = step("shopify::flow::log_output", "ACTION", []);
    const no = step("shopify::flow::log_output", "ACTION", []);
    link(head, "true", yes);
    link(head, "false", no);
    ends = [[yes, "output"], [no, "output"]];
  }
  return { name: `${count} steps`, steps, links };
}

const browser = await chromium.launch({
  executablePath: process.env.FLOWRIGHT_CHROMIUM ?? (await sparticuz.executablePath()),
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"],
});
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
const page = await context.newPage();
await page.goto(`${address}/sign-in`);
await page.getByLabel("E-mail").fill("owner@harborgoods.example");
await page.getByLabel("Password").fill("harbor-demo");
await page.getByRole("button", { name: "Sign in" }).click();
await page.waitForURL(`${address}/`);

const at = (values, share) => values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const counts = process.argv.slice(2).map(Number);
for (const count of counts.length > 0 ? counts : [200, 800, 2000]) {
  await page.goto(address);
  const byHand = page.getByRole("button", { name: "Or build it by hand" }).last();
  await byHand.click();
  await page.getByRole("dialog").getByRole("combobox").fill("order created");
  const sent = page.waitForRequest((request) => request.url().includes("/api/edit"));
  await page.keyboard.press("Enter");
  const edit = (await sent).url();
  await page.waitForURL(/sessions/);
  const session = page.url().split("/").pop();
  await page.locator("[data-step]").first().waitFor();
  // The page that is open draws what comes: from the event to the drawn cards.
  const drawn = await page.evaluate(
    async ([edit, session, workflow]) => {
      const events = await (await fetch(`/api/sessions/${session}/events?after=0`).then(async (answer) => {
        const reader = answer.body.getReader();
        const { value } = await reader.read();
        await reader.cancel();
        return new Response(value);
      })).text();
      const revision = Math.max(...[...events.matchAll(/^id: (\d+)/gm)].map((found) => Number(found[1])));
      const body = JSON.stringify({ session, revision, edit: { kind: "replace", summary: "Made large", workflow } });
      let told;
      const arrives = new Promise((resolve) => (told = resolve));
      const heading = document.querySelector(".stage h2");
      new MutationObserver(() => told(performance.now())).observe(document.querySelector(".world"), { childList: true, subtree: true });
      const long = [];
      new PerformanceObserver((list) => long.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
      const answer = await fetch(edit, { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body });
      if (!answer.ok) throw new Error(await answer.text());
      await arrives;
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)));
      return { longest: Math.max(0, ...long), cards: document.querySelectorAll("[data-step]").length, heading: heading.textContent };
    },
    [edit, session, workflow(count)],
  );
  // Cold: a fresh page, from the start of its code's work until cards can be used.
  await page.reload();
  const cold = await page.evaluate(async () => {
    await new Promise((resolve) => {
      const look = () => (document.querySelector(".canvas.editable [data-step]") ? resolve() : setTimeout(look, 5));
      look();
    });
    const code = performance.getEntriesByType("resource").find((entry) => entry.name.endsWith(".wasm"));
    return { all: performance.now(), after: performance.now() - code.responseEnd };
  });
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable");
  const busy = async () => (await devtools.send("Performance.getMetrics")).metrics.find((metric) => metric.name === "TaskDuration").value * 1000;
  const before = await busy();
  const frames = await page.evaluate(async () => {
    const window_ = document.querySelector(".canvas-window");
    const bounds = window_.getBoundingClientRect();
    const middle = { clientX: bounds.left + bounds.width / 2, clientY: bounds.top + bounds.height / 2, bubbles: true, cancelable: true };
    const run = async (event, count) => {
      const times = [];
      let last = 0;
      for (let frame = 0; frame < count; frame++) {
        const now = await new Promise((resolve) => requestAnimationFrame(resolve));
        if (last > 0) times.push(now - last);
        last = now;
        window_.dispatchEvent(new WheelEvent("wheel", { ...middle, ...event(frame) }));
      }
      return times;
    };
    const pan = await run(() => ({ deltaY: 60 }), 180);
    const zoom = await run((frame) => ({ deltaY: frame % 60 < 30 ? 4 : -4, ctrlKey: true }), 180);
    return { pan, zoom, cards: document.querySelectorAll("[data-step]").length };
  });
  const each = ((await busy()) - before) / 360;
  console.log(
    `${count} steps: redrawn with a longest task of ${drawn.longest.toFixed(0)} ms; a fresh page reacts after ` +
      `${cold.all.toFixed(0)} ms (${cold.after.toFixed(0)} ms after its code arrived); frames panning p95 ` +
      `${at(frames.pan, 0.95).toFixed(1)} ms, zooming p95 ${at(frames.zoom, 0.95).toFixed(1)} ms, of which the page's own thread is busy ${each.toFixed(1)} ms; ${frames.cards} cards in the page`,
  );
}
await browser.close();
server.kill();
