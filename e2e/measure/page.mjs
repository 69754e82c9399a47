// Size and speed of the page as a browser sees it: bytes on the wire, time until it reacts.
// Run by `cargo xtask measure`; the server runs with a scripted model, because no turn is measured here.
import { chromium } from "@playwright/test";
import sparticuz from "@sparticuz/chromium";
import { address, server } from "./house.mjs";

const browser = await chromium.launch({
  executablePath: process.env.FLOWRIGHT_CHROMIUM ?? (await sparticuz.executablePath()),
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"],
});
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

for (const slowdown of [1, 4]) {
  const times = [];
  let bytes = 0;
  for (let round = 0; round < 5; round++) {
    const context = await browser.newContext({ viewport: { width: 1536, height: 960 } });
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    bytes = 0;
    devtools.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
    const started = Date.now();
    await page.goto(`${address}/sign-in`);
    // The theme button does nothing until the page's code has taken over.
    const before = await page.evaluate(() => document.documentElement.dataset.theme ?? "");
    await page.waitForFunction(
      (before) => {
        document.querySelector("button[aria-label^='Use the']")?.click();
        return (document.documentElement.dataset.theme ?? "") !== before;
      },
      before,
      { polling: 20 },
    );
    times.push(Date.now() - started);
    await context.close();
  }
  console.log(`CPU slow-down ${slowdown}x: reacts after ${median(times)} ms (median of 5), ${bytes} bytes on the wire`);
}

// The builder before the first word: how long until somebody can write and send, and what had to be
// loaded for that.
const context = await browser.newContext();
const page = await context.newPage();
await page.goto(`${address}/sign-in`);
await page.getByLabel("E-mail").fill("owner@harborgoods.example");
await page.getByLabel("Password").fill("harbor-demo");
await page.getByRole("button", { name: "Sign in" }).click();
await page.waitForURL((url) => url.pathname === "/");
const signedIn = await context.storageState();
await context.close();
for (const slowdown of [1, 4]) {
  const times = [];
  let loaded = 0;
  for (let round = 0; round < 5; round++) {
    const context = await browser.newContext({ viewport: { width: 1536, height: 960 }, storageState: signedIn });
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    const wasm = new Set();
    loaded = 0;
    devtools.on("Network.responseReceived", (event) => event.response.url.endsWith("/app_bg.wasm") && wasm.add(event.requestId));
    devtools.on("Network.loadingFinished", (event) => wasm.has(event.requestId) && (loaded += event.encodedDataLength));
    const started = Date.now();
    await page.goto(address, { waitUntil: "commit" });
    await page.locator("button.send:enabled").waitFor();
    times.push(Date.now() - started);
    await context.close();
  }
  console.log(`CPU slow-down ${slowdown}x: the builder takes a request after ${median(times)} ms (median of 5), ${loaded} bytes of WebAssembly in the first file`);
}
await browser.close();
server.kill();
