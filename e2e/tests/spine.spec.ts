// What a person can do: say it, see it drawn, turn it on, send an event, read the run, replay the session.
import { expect, people, signIn, test } from "./house";

const request = "When an order over $500 comes in, tag it VIP and email ops@example.com";

test.describe.configure({ mode: "serial" });

test("a store owner says what should happen, sees it drawn and turns it on", async ({ page, house }) => {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));

  await signIn(page, house, people.owner);
  await page.getByPlaceholder("Say what should happen in your store").fill(request);
  await page.getByRole("button", { name: "Send" }).click();

  const canvas = page.getByRole("region", { name: "Canvas" });
  // The first step is there while the model is still writing.
  await expect(canvas.getByRole("button", { name: /Order created/ })).toBeVisible();
  await expect(canvas.getByRole("button", { name: /Add order tags/ })).toBeVisible();
  await expect(canvas.getByRole("button", { name: /Send internal email/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();

  await canvas.getByRole("button", { name: /Add order tags/ }).click();
  const panel = page.getByRole("region", { name: /^Step/ });
  await expect(panel).toContainText("VIP");
  await page.keyboard.press("Escape");
  await canvas.getByRole("button", { name: /Send internal email/ }).click();
  await expect(panel).toContainText("ops@example.com");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByRole("button", { name: "Turn off" })).toBeVisible();

  // A reload shows the same, out of the same log.
  await page.reload();
  await expect(canvas.getByRole("button", { name: /Add order tags/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Turn off" })).toBeVisible();
  expect(complaints).toEqual([]);
});

test("a test event runs the workflow, and the run page says why", async ({ page, house }) => {
  const order = (total: string, name: string) => ({
    order: {
      id: `gid://shopify/Order/${name.slice(1)}`,
      name,
      email: "ada@example.com",
      tags: [],
      totalPriceSet: { shopMoney: { amount: total, currencyCode: "USD" } },
      currentTotalPriceSet: { shopMoney: { amount: total, currencyCode: "USD" } },
      customer: { id: "gid://shopify/Customer/7", displayName: "Ada Lovelace", tags: [] },
      lineItems: [],
    },
  });
  const big = await house.sendEvent("shopify::admin::order_created", order("612.40", "#1001"));
  expect(big.status).toBe(200);
  expect((await big.json()).runs).toHaveLength(1);
  await expect.poll(() => house.outbox().filter((mail) => mail.includes("ops@example.com")).length).toBe(1);
  const small = await house.sendEvent("shopify::admin::order_created", order("12.00", "#1002"));
  expect(small.status).toBe(200);

  await signIn(page, house, people.owner);
  await page.goto(`${house.address}/workflows`);
  await page.getByRole("main").getByRole("link").first().click();
  // The newest run is the first; the big order is the one after it.
  const runs = page.getByRole("main").locator("a[href^='/runs/']");
  await expect(runs).toHaveCount(2);
  await runs.nth(1).click();
  await expect(page.getByRole("main")).toContainText("612.4");
  await expect(page.getByRole("main")).toContainText("VIP");
  await expect(page.getByRole("main")).toContainText("ops@example.com");
  expect(house.outbox().filter((mail) => mail.includes("ops@example.com"))).toHaveLength(1);
});

test("malformed events are refused with a sentence", async ({ house }) => {
  const post = (body: string) =>
    fetch(`${house.address}/api/events`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${house.eventToken}` },
      body,
    });
  for (const body of ["{", "[]", '{"trigger":"shopify::admin::order_created"}', '{"trigger":"no::such","event":{}}']) {
    const answer = await post(body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(await answer.text()).toMatch(/\w+ .*\w/);
  }
});

test("support replays the session: the same chat, the same canvas", async ({ page, house }) => {
  await signIn(page, house, people.support);
  await page.goto(`${house.address}/support`);
  await page.getByRole("main").locator("a[href^='/replay/']").first().click();
  const canvas = page.getByRole("region", { name: "Canvas" });
  const slider = page.getByRole("slider");
  // It moves nothing until the page is alive.
  await expect(slider).toBeEnabled();
  await slider.focus();
  await page.keyboard.press("Home");
  await expect(canvas.getByRole("button", { name: /Add order tags/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Play" }).click();
  await expect(canvas.getByRole("button", { name: /Add order tags/ })).toBeVisible();
  await slider.focus();
  await page.keyboard.press("End");
  await expect(page.getByText(request)).toBeVisible();
  await expect(canvas.getByRole("button", { name: /Send internal email/ })).toBeVisible();
  await page.keyboard.press("Home");
  await expect(canvas.getByRole("button", { name: /Add order tags/ })).toHaveCount(0);
});
