// What comes in between: the sign-in runs out, the network is cut, another window edits the same workflow.
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { accessible, expect, people, signIn, startFrom, test } from "./house";

test.use({ script: join(import.meta.dirname, "../scripts/building.txt") });

const request = "When an order over $500 comes in, tag it VIP and email ops@example.com";
const box = (page: Page) => page.getByPlaceholder("Say what should happen in your store");
const canvasOf = (page: Page) => page.getByRole("region", { name: "Canvas" });

async function signInAgain(page: Page) {
  const dialog = page.getByRole("dialog", { name: "Sign in again" });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByLabel("E-mail")).toHaveValue(people.owner);
  await dialog.getByLabel("Password").fill("not the password");
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await accessible(page, "signing in again, refused");
  await dialog.getByLabel("Password").fill(people.password);
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(dialog).toHaveCount(0);
}

test("the sign-in runs out in the middle of an edit, and nothing is lost", async ({ page, house, context }) => {
  await signIn(page, house, people.owner);
  await startFrom(page, house, "Tag high-value orders");
  const address = page.url();
  await canvasOf(page).getByRole("button", { name: /^Add order tags/ }).click();
  const panel = page.getByRole("region", { name: /^Step/ });
  const tags = panel.getByRole("textbox", { name: /^Tags/ });
  await expect(tags).toBeVisible();

  await context.clearCookies();
  await tags.fill("precious");
  await tags.press("Enter");
  await signInAgain(page);
  // The edit that was refused was made, on the page that never went away.
  expect(page.url()).toBe(address);
  await expect(canvasOf(page).getByRole("button", { name: /^Add order tags/ })).toContainText("precious");
  await page.reload();
  await expect(canvasOf(page).getByRole("button", { name: /^Add order tags/ })).toContainText("precious");
});

test("the sign-in runs out before the first word, and the words are said after signing in again", async ({ page, house, context }) => {
  await signIn(page, house, people.owner);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeEnabled();
  await context.clearCookies();
  await box(page).fill(request);
  await page.keyboard.press("Enter");
  await signInAgain(page);
  await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();
  await expect(page.getByRole("log")).toContainText(request);
});

test("the network is cut while a request is written: it waits in sight and is sent later, once", async ({ page, house, context }) => {
  await signIn(page, house, people.owner);
  await startFrom(page, house, "Tag high-value orders");
  await box(page).pressSequentially("Tag it VIP ");
  await context.setOffline(true);
  await box(page).pressSequentially("as well");
  await page.keyboard.press("Enter");
  const waiting = page.getByRole("status").filter({ hasText: "Not sent yet" });
  await expect(waiting).toContainText("Tag it VIP as well");
  await expect(box(page)).toHaveValue("");

  // It can be taken back, changed, and sent again.
  await waiting.getByRole("button", { name: "Take it back" }).click();
  await expect(box(page)).toHaveValue("Tag it VIP as well");
  await box(page).fill("Tag it VIP too");
  await page.keyboard.press("Enter");
  await expect(waiting).toContainText("Tag it VIP too");
  await accessible(page, "words that wait for the connection");

  await context.setOffline(false);
  await expect(waiting).toHaveCount(0);
  const said = page.getByRole("log").locator(".said");
  await expect(said).toHaveCount(1);
  await expect(said).toContainText("Tag it VIP too");
  await expect(page.getByRole("region", { name: "Pending changes" })).toBeVisible();
  await page.reload();
  await expect(said).toHaveCount(1);
});

test("the network is cut while a workflow is edited by hand: edits wait and are made in order", async ({ page, house, context }) => {
  await signIn(page, house, people.owner);
  await startFrom(page, house, "Tag high-value orders");
  const card = canvasOf(page).getByRole("button", { name: /^Add order tags/ });
  await card.click();
  const tags = page.getByRole("region", { name: /^Step/ }).getByRole("textbox", { name: /^Tags/ });
  await expect(tags).toBeVisible();
  await context.setOffline(true);
  await tags.fill("one");
  await tags.press("Enter");
  await expect(page.getByText(/edits? waits? for the connection/)).toBeVisible();
  await tags.fill("two");
  await tags.press("Enter");
  await context.setOffline(false);
  await expect(card).toContainText("one, two");
  await expect(page.getByText(/edits? waits? for the connection/)).toHaveCount(0);
});

test("two windows edit the same workflow: the second sees it at once, and is told when it comes too late", async ({ page, house, context }) => {
  await signIn(page, house, people.owner);
  await startFrom(page, house, "Tag high-value orders");
  const second = await context.newPage();
  await second.goto(page.url());
  await expect(second.getByRole("button", { name: "Turn on" })).toBeEnabled();
  const tag = async (of: Page, text: string) => {
    await canvasOf(of).getByRole("button", { name: /^Add order tags/ }).click();
    const tags = of.getByRole("region", { name: /^Step/ }).getByRole("textbox", { name: /^Tags/ });
    await tags.fill(text);
    await tags.press("Enter");
  };
  await tag(page, "first");
  await expect(canvasOf(second).getByRole("button", { name: /^Add order tags/ })).toContainText("first");

  // The second window stops hearing, and edits what it still sees.
  await second.route("**/events?**", (route) => route.abort());
  await second.reload();
  await expect(canvasOf(second).getByRole("button", { name: /^Add order tags/ })).toContainText("first");
  await tag(page, "newer");
  await expect(canvasOf(page).getByRole("button", { name: /^Add order tags/ })).toContainText("newer");
  await tag(second, "older");
  await second.unroute("**/events?**");
  await expect(second.getByRole("alert").first()).toContainText("another window");
  await expect(canvasOf(second).getByRole("button", { name: /^Add order tags/ })).toContainText("newer");
  await page.reload();
  const card = canvasOf(page).getByRole("button", { name: /^Add order tags/ });
  await expect(card).toContainText("newer");
  await expect(card).not.toContainText("older");
});
