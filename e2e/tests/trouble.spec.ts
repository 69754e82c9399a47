// What goes wrong in real life: the browser is closed, the server is killed, the message is far too long.
import { expect, people, signIn, test } from "./house";

const request = "Tag every new customer with hello-there";

test("a turn finishes although the browser was closed", async ({ browser, house }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await signIn(page, house, people.owner);
  await page.getByPlaceholder("Say what should happen in your store").fill(request);
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForURL(/\/sessions\//);
  const address = page.url();
  const state = await context.storageState();
  await context.close();

  const again = await browser.newContext({ storageState: state });
  const back = await again.newPage();
  await back.goto(address);
  await expect(back.getByText(request).first()).toBeVisible();
  await expect(back.getByRole("button", { name: "Turn on" })).toBeEnabled();
  await again.close();
});

test("a killed server marks the turn as interrupted, and it can be retried", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await page.getByPlaceholder("Say what should happen in your store").fill(request);
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForURL(/\/sessions\//);
  await expect(page.getByText(request).first()).toBeVisible();
  const path = new URL(page.url()).pathname;
  await house.kill();
  await house.start();
  await page.goto(`${house.address}${path}`);
  await expect(page.getByText(request).first()).toBeVisible();
  await expect(page.getByText(/interrupted/i).first()).toBeVisible();
  await page.getByRole("button", { name: /try again|retry/i }).click();
  await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();
});
