// Everything with the keyboard alone: signing in, building by chat, editing by hand, turning on.
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, people, test, type House } from "./house";

// What is done is tested here, not the model.
test.use({ script: join(import.meta.dirname, "../scripts/building.txt") });

const canvasOf = (page: Page) => page.getByRole("region", { name: "Canvas" });
const card = (page: Page, name: RegExp) => canvasOf(page).getByRole("button", { name });

/** Presses Tab until the focus is on something with this name; a person would give up after so many. */
async function walk(page: Page, name: RegExp) {
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press("Tab");
    const label = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null;
      return element?.getAttribute("aria-label") ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? "";
    });
    if (name.test(label.trim())) return;
  }
  throw new Error(`Tab never came to ${name}`);
}

async function signInByKeys(page: Page, house: House) {
  await page.goto(`${house.address}/sign-in`);
  await walk(page, /^E-mail$/);
  await page.keyboard.type(people.owner);
  await page.keyboard.press("Tab");
  await page.keyboard.type(people.password);
  await page.keyboard.press("Enter");
  await expect(page).not.toHaveURL(/sign-in/);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeEnabled();
}

async function buildByChat(page: Page) {
  await walk(page, /^What should happen in your store\?$/);
  await page.keyboard.type("When an order over $500 comes in, tag it VIP and email ops@example.com");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();
}

/** The step whose card has the focus. */
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("data-step") ?? "");

async function titles(page: Page): Promise<string[]> {
  const lines = await page.getByRole("list", { name: "The workflow as text" }).getByRole("listitem").allTextContents();
  return lines.map((line) => line.split(":")[0]);
}

test("a store owner builds a workflow by chat with the keyboard alone", async ({ page, house }) => {
  await signInByKeys(page, house);
  await buildByChat(page);
  await expect.poll(() => titles(page)).toEqual(["Order created", "Condition", "Add order tags", "Send internal email"]);
  // The examples are reached too.
  await page.goto(house.address);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeEnabled();
  await walk(page, /^Tag customers as loyal/);
  await page.keyboard.press("Enter");
  const box = page.getByPlaceholder("Say what should happen in your store");
  await expect(box).toHaveValue(/^Tag customers as loyal/);
  await expect(box).toBeFocused();
});

test("a store owner adds, connects, moves and removes steps with the keyboard alone", async ({ page, house }) => {
  await signInByKeys(page, house);
  await buildByChat(page);
  const drawn = ["Order created", "Condition", "Add order tags", "Send internal email"];
  await walk(page, /^Order created, Trigger/);

  // Along the arrows to the tags, and a step behind them.
  await page.keyboard.press("ArrowDown");
  await expect(card(page, /^Condition/)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(card(page, /^Add order tags/)).toBeFocused();
  await page.keyboard.press("/");
  await page.keyboard.type("log output");
  await page.keyboard.press("Enter");
  await expect(card(page, /^Log output/)).toBeFocused();
  await expect.poll(() => titles(page)).toEqual([...drawn.slice(0, 3), "Log output", "Send internal email"]);

  // Disconnect it from the mail, and connect it again.
  await page.keyboard.press("c");
  await expect(page.getByRole("dialog", { name: "Connect" })).toBeVisible();
  await page.keyboard.type("no longer");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /^Undo: Took away the link/ })).toBeEnabled();
  await expect(card(page, /^Log output/)).toBeFocused();
  await page.keyboard.press("c");
  await page.keyboard.type("send internal");
  await expect(page.getByRole("dialog").getByRole("option")).toHaveText(["go on to ‘Send internal email’"]);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /^Undo: Linked/ })).toBeEnabled();
  await expect.poll(() => titles(page)).toEqual([...drawn.slice(0, 3), "Log output", "Send internal email"]);

  // Move it behind the mail.
  await page.keyboard.press("m");
  await page.keyboard.type("after send internal");
  await page.keyboard.press("Enter");
  await expect.poll(() => titles(page)).toEqual([...drawn, "Log output"]);

  // A second one of the same name: the places are told apart.
  const first = await focused(page);
  await page.keyboard.press("Control+d");
  await expect(card(page, /^Log output/)).toHaveCount(2);
  await expect.poll(async () => ["", first].includes(await focused(page))).toBe(false);
  await page.keyboard.press("m");
  await page.keyboard.type("log output");
  const places = await page.getByRole("dialog").getByRole("option").allTextContents();
  expect(new Set(places).size).toBe(places.length);
  await page.keyboard.press("Escape");

  // Remove both, and take it all back.
  await page.keyboard.press("Delete");
  await expect(card(page, /^Log output/)).toHaveCount(1);
  await expect(card(page, /^Log output/)).toBeFocused();
  await page.keyboard.press("Delete");
  await expect.poll(() => titles(page)).toEqual(drawn);
  await page.keyboard.press("Control+z");
  await expect(card(page, /^Log output/)).toHaveCount(1);
  await page.keyboard.press("Control+Shift+z");
  await expect.poll(() => titles(page)).toEqual(drawn);

  // So many changes are one line of the conversation.
  const log = page.getByRole("log");
  await expect(log.getByText(/changes before it$/)).toHaveCount(1);
  await expect(log.getByText("Added ‘Log output’")).toBeHidden();
});

test("a store owner turns a workflow on and off with the keyboard alone", async ({ page, house }) => {
  await signInByKeys(page, house);
  await buildByChat(page);
  await walk(page, /^Turn on$/);
  await page.keyboard.press("Enter");
  await expect(page.getByText("On · version 1")).toBeVisible();
  await walk(page, /^Turn off$/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();
});
