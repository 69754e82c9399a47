// What a browser loads at once, what it loads later, and what a person sees when that does not arrive.
import { expect, people, signIn, startFrom, test } from "./house";

const parts = "**/pkg/parts-*/**";

test("a merchant can write before anything else of the page has arrived", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await page.route(parts, (route) => route.abort());
  await page.goto(house.address);
  await page.getByLabel("What should happen in your store?").fill("Tag orders over $500");
  await expect(page.getByRole("button", { name: "Send" })).toBeEnabled();
});

test("what is written before the page is alive is kept, and taken as written", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  let come = () => {};
  const wait = new Promise<void>((resolve) => (come = resolve));
  await page.route("**/app_bg*.wasm", async (route) => {
    await wait;
    await route.continue();
  });
  await page.goto(`${house.address}/templates`, { waitUntil: "commit" });
  const search = page.getByRole("searchbox");
  await search.fill("slack");
  come();
  await expect(page.getByRole("region", { name: "Templates" }).getByRole("listitem")).toHaveCount(1);
  await expect(search).toHaveValue("slack");
});

test("a step that cannot be opened says what to do, and opens when it is tried again", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await startFrom(page, house, "Tag high-value orders");
  await page.route(parts, (route) => route.abort());
  await page.reload();
  const trouble = page.getByRole("alert").filter({ hasText: "did not arrive" });
  // A card does nothing until the page is alive.
  await expect(async () => {
    await page.locator("[data-step]").first().click();
    await expect(trouble).toContainText("Check the connection and try again", { timeout: 1000 });
  }).toPass();
  await page.unroute(parts);
  await trouble.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("region", { name: /^Step:/ })).toBeVisible();
  // What nobody asked for comes by itself.
  await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();
});

test("a page whose code does not arrive says so", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await page.route(parts, (route) => route.abort());
  await page.goto(`${house.address}/workflows`);
  await expect(page.getByRole("heading", { name: "Workflows" })).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("did not arrive");
});

test("every page takes over what the server sent without a word in the console", async ({ page, house }) => {
  const said: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(error.message));
  await signIn(page, house, people.owner);
  await startFrom(page, house, "Tag high-value orders");
  const session = new URL(page.url()).pathname;
  for (const path of ["/", session, "/templates", "/workflows", "/support", session.replace("sessions", "replay")]) {
    await page.goto(`${house.address}${path}`);
    // The theme button does nothing until the page's code has taken over.
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme ?? "");
    const before = await theme();
    await expect(async () => {
      await page.getByRole("button", { name: /^Use the/ }).click();
      expect(await theme()).not.toBe(before);
    }).toPass();
  }
  expect(said).toEqual([]);
});
