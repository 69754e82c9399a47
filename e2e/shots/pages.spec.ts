// Pictures of every page, to be looked at: light, dark, and at phone width.
import { join } from "node:path";
import { expect, people, signIn, test } from "../tests/house";

const folder = join(import.meta.dirname, "../../target/shots");
const request = "When an order over $500 comes in, tag it VIP and email ops@example.com";

test("every page in both themes and at phone width", async ({ browser, house }) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${house.address}/sign-in`);
  await page.screenshot({ path: join(folder, "sign-in.png") });
  await signIn(page, house, people.owner);
  await page.getByPlaceholder("Say what should happen in your store").fill(request);
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();
  const builder = page.url();
  await page.screenshot({ path: join(folder, "builder.png") });
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByRole("button", { name: "Turn off" })).toBeVisible();
  await house.sendEvent("shopify::admin::order_created", {
    order: { id: "gid://shopify/Order/1", name: "#1", totalPriceSet: { shopMoney: { amount: "612.40" } } },
  });
  await page.goto(`${house.address}/workflows`);
  await page.getByRole("main").getByRole("link").first().click();
  const run = page.getByRole("main").locator("a[href^='/runs/']").first();
  await expect(run).toBeVisible();
  const runAddress = `${house.address}${await run.getAttribute("href")}`;

  for (const [name, scheme, width] of [
    ["light", "light", 1440],
    ["dark", "dark", 1440],
    ["phone", "light", 390],
  ] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 900 });
    for (const [place, address] of [
      ["builder", builder],
      ["workflows", `${house.address}/workflows`],
      ["run", runAddress],
    ]) {
      await page.goto(address);
      await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => undefined);
      await page.screenshot({ path: join(folder, `${place}-${name}.png`) });
    }
  }
  await context.close();
});
