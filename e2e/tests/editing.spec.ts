// Editing by hand, with the keyboard alone: add, move, duplicate, remove, undo, redo, rename, turn on.
import type { Locator, Page } from "@playwright/test";
import { expect, people, signIn, test } from "./house";

const request = "When an order over $500 comes in, tag it VIP and email ops@example.com";

test.describe.configure({ mode: "serial" });

const canvasOf = (page: Page) => page.getByRole("region", { name: "Canvas" });
const outlineOf = (page: Page) => page.getByRole("list", { name: "The workflow as text" }).getByRole("listitem");

// The steps in reading order, by their titles.
async function titles(page: Page): Promise<string[]> {
  const lines = await outlineOf(page).allTextContents();
  return lines.map((line) => line.split(":")[0]);
}

async function goTo(page: Page, card: Locator) {
  await card.focus();
  await expect(card).toBeFocused();
}

test("a store owner edits a drawn workflow with the keyboard alone", async ({ page, house }) => {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));

  await signIn(page, house, people.owner);
  await page.getByPlaceholder("Say what should happen in your store").fill(request);
  // Before the page is alive, Enter does nothing.
  await expect(page.getByRole("button", { name: "Send" })).toBeEnabled();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();
  const canvas = canvasOf(page);
  const before = await titles(page);
  expect(before).toEqual(["Order created", "Condition", "Add order tags", "Send internal email"]);

  // Add a step behind the tags, out of the list that / opens.
  await goTo(page, canvas.getByRole("button", { name: /^Add order tags/ }));
  await page.keyboard.press("/");
  const search = page.getByRole("dialog").getByRole("combobox");
  await expect(search).toBeFocused();
  await page.keyboard.type("order note");
  await expect(page.getByRole("dialog").getByRole("option").first()).toBeVisible();
  await search.fill("log output");
  await page.keyboard.press("Enter");
  await expect.poll(() => titles(page)).toEqual([
    "Order created",
    "Condition",
    "Add order tags",
    "Log output",
    "Send internal email",
  ]);
  const log = canvas.getByRole("button", { name: /^Log output/ });
  await expect(log).toBeFocused();

  // Move it before the tags.
  await page.keyboard.press("m");
  await page.getByRole("dialog").getByRole("combobox").fill("condition then tags");
  await expect(page.getByRole("dialog").getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await titles(page))[2]).toBe("Log output");
  await expect(log).toBeFocused();

  // Duplicate it, and remove the copy.
  await page.keyboard.press("Control+d");
  await expect(canvas.getByRole("button", { name: /^Log output/ })).toHaveCount(2);
  await page.keyboard.press("Delete");
  await expect(canvas.getByRole("button", { name: /^Log output/ })).toHaveCount(1);

  // Undo twice: the copy comes back, then it was never made.
  const undo = page.getByRole("button", { name: /^Undo/ });
  await expect(undo).toHaveAccessibleName("Undo: Removed ‘Log output’");
  await page.keyboard.press("Control+z");
  await expect(canvas.getByRole("button", { name: /^Log output/ })).toHaveCount(2);
  await expect(undo).toHaveAccessibleName("Undo: Duplicated ‘Log output’");
  await page.keyboard.press("Control+z");
  await expect(canvas.getByRole("button", { name: /^Log output/ })).toHaveCount(1);
  await expect(undo).toHaveAccessibleName("Undo: Moved ‘Log output’");
  // And once more forward, then back to what the chat drew.
  await page.keyboard.press("Control+Shift+z");
  await expect(canvas.getByRole("button", { name: /^Log output/ })).toHaveCount(2);
  for (let at = 0; at < 3; at++) await page.keyboard.press("Control+z");
  await expect.poll(() => titles(page)).toEqual(before);

  // Rename and turn on.
  await goTo(page, canvas.getByRole("button", { name: /^Order created/ }));
  await page.keyboard.press("F2");
  await page.keyboard.type("Big orders");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Big orders" })).toBeVisible();
  await page.getByRole("button", { name: "Turn on" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Turn off" })).toBeVisible();

  // A reload shows the same, out of the same log.
  await page.reload();
  await expect(page.getByRole("heading", { name: "Big orders" })).toBeVisible();
  expect(await titles(page)).toEqual(before);
  expect(complaints).toEqual([]);
  // The other tests of this house send events, which must not start this workflow too.
  await page.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByRole("button", { name: "Turn on" })).toBeVisible();
});

test("a store owner builds a workflow by hand from nothing, and copies it into another", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  const byHand = page.getByRole("button", { name: "Or build it by hand" }).last();
  await byHand.click();
  await page.getByRole("dialog").getByRole("combobox").fill("order created");
  await page.keyboard.press("Enter");
  const canvas = canvasOf(page);
  const trigger = canvas.getByRole("button", { name: /^Order created/ });
  await expect(trigger).toBeVisible();
  await trigger.focus();
  await page.keyboard.press("a");
  await page.getByRole("dialog").getByRole("combobox").fill("condition");
  await page.keyboard.press("Enter");
  await expect(canvas.getByRole("button", { name: /^Condition/ })).toBeFocused();
  await page.keyboard.press("a");
  await page.getByRole("dialog").getByRole("combobox").fill("add order tags");
  await page.keyboard.press("Enter");
  const tags = canvas.getByRole("button", { name: /^Add order tags/ });
  await expect(tags).toBeFocused();
  await expect(outlineOf(page).nth(1)).toContainText("Then: step 3");

  // What happened when it holds happens when it does not.
  await goTo(page, canvas.getByRole("button", { name: /^Condition/ }));
  await page.keyboard.press("s");
  await expect(outlineOf(page).nth(1)).toContainText("Otherwise: step 3");

  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+c");
  await page.goto(house.address);
  await byHand.click();
  await page.getByRole("dialog").getByRole("combobox").fill("order paid");
  await page.keyboard.press("Enter");
  await expect(canvas.getByRole("button", { name: /^Order paid/ })).toBeVisible();
  await canvas.getByRole("button", { name: /^Order paid/ }).focus();
  await page.keyboard.press("Control+v");
  await expect.poll(() => titles(page)).toEqual(["Order paid", "Condition", "Add order tags"]);
});

test("an edit of a draft that changed in another window overwrites nothing", async ({ page, house, context }) => {
  await signIn(page, house, people.owner);
  await page.getByRole("button", { name: "Or build it by hand" }).last().click();
  await page.getByRole("dialog").getByRole("combobox").fill("order created");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/sessions/);
  const rename = async (of: Page, name: string) => {
    await of.getByRole("button", { name: "Rename the workflow" }).click();
    await of.getByRole("textbox", { name: "Name of the workflow" }).fill(name);
    await of.keyboard.press("Enter");
  };
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.getByRole("heading", { name: "New workflow" })).toBeVisible();
  // The other window hears nothing, so that it still shows the old draft.
  await other.route("**/events?**", (route) => route.abort());
  await other.reload();
  await expect(other.getByRole("heading", { name: "New workflow" })).toBeVisible();
  await rename(page, "One");
  await expect(page.getByRole("heading", { name: "One" })).toBeVisible();
  await rename(other, "Two");
  await expect(other.getByText("1 edit waits for the connection")).toBeVisible();
  await other.unroute("**/events?**");
  await expect(other.getByRole("heading", { name: "One" })).toBeVisible();
  await expect(other.getByRole("alert")).toContainText("another window");
  await expect(page.getByRole("heading", { name: "One" })).toBeVisible();
});

test("the canvas can be used with the mouse: a button on a link, dragging, the map", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await page.getByRole("button", { name: "Or build it by hand" }).last().click();
  await page.getByRole("dialog").getByRole("combobox").fill("order created");
  await page.keyboard.press("Enter");
  const canvas = canvasOf(page);
  await expect(canvas.getByRole("button", { name: /^Order created/ })).toBeVisible();
  const add = async (words: string) => {
    await canvas.locator(".free .plus").last().click();
    await page.getByRole("dialog").getByRole("combobox").fill(words);
    await page.getByRole("dialog").getByRole("option").first().click();
  };
  await add("log output");
  await expect(canvas.getByRole("button", { name: /^Log output/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await add("add order tags");
  await expect.poll(() => titles(page)).toEqual(["Order created", "Log output", "Add order tags"]);
  await page.keyboard.press("Escape");

  // Drag the tags onto the first link.
  const card = await canvas.getByRole("button", { name: /^Add order tags/ }).boundingBox();
  const plus = await canvas.locator(".link:not(.free) .plus").first().boundingBox();
  if (!card || !plus) throw new Error("nothing to drag");
  await page.mouse.move(card.x + 60, card.y + 40);
  await page.mouse.down();
  await page.mouse.move(card.x + 80, card.y + 20, { steps: 3 });
  await page.mouse.move(plus.x + 10, plus.y + 10, { steps: 6 });
  await expect(canvas.locator(".plus.aimed")).toHaveCount(1);
  await page.mouse.up();
  await expect.poll(() => titles(page)).toEqual(["Order created", "Add order tags", "Log output"]);
});

test("the keys are explained, and nothing is edited while somebody only looks", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await page.getByRole("button", { name: "Or build it by hand" }).last().click();
  await page.getByRole("dialog").getByRole("combobox").fill("order created");
  await page.keyboard.press("Enter");
  await canvasOf(page).getByRole("button", { name: /^Order created/ }).focus();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys and what they do" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const session = page.url().split("/").pop();
  await page.goto(`${house.address}/replay/${session}`);
  await expect(canvasOf(page).getByRole("button", { name: /^Order created/ })).toBeVisible();
  await expect(page.getByRole("toolbar")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Add a step" })).toHaveCount(0);
});
